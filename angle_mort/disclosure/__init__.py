"""The only door to what may be shared: thresholds by size, merged categories, release and its certificate."""

from angle_mort.disclosure.certificate import POOL, certify, read_certificate, read_certified
from angle_mort.disclosure.questionnaire import summarise_questionnaire, told_questionnaire
from angle_mort.disclosure.release import release
from angle_mort.disclosure.summary import summarise
from angle_mort.disclosure.thresholds import POLICY, Policy, merge_neighbours, merge_rest, shown_count

__all__ = [
    "POLICY",
    "POOL",
    "Policy",
    "certify",
    "merge_neighbours",
    "merge_rest",
    "read_certificate",
    "read_certified",
    "release",
    "shown_count",
    "summarise",
    "summarise_questionnaire",
    "told_questionnaire",
]
