"""The only door to what may be shared: thresholds by size, merged categories, release and its certificate, ledger."""

from angle_mort.disclosure.certificate import POOL, certify, read_certificate, read_certified
from angle_mort.disclosure.comparison import compare_summaries, compared_seal
from angle_mort.disclosure.figures import Figure, of_everybody, pool_figures, shared_figures
from angle_mort.disclosure.ledger import Ledger, SharedPage
from angle_mort.disclosure.profiles import joined_seal
from angle_mort.disclosure.questionnaire import summarise_questionnaire, told_questionnaire
from angle_mort.disclosure.release import release
from angle_mort.disclosure.summary import summarise
from angle_mort.disclosure.thresholds import POLICY, Policy, merge_neighbours, merge_rest, shown_count

__all__ = [
    "POLICY",
    "POOL",
    "Figure",
    "Ledger",
    "Policy",
    "SharedPage",
    "certify",
    "compare_summaries",
    "compared_seal",
    "joined_seal",
    "merge_neighbours",
    "merge_rest",
    "of_everybody",
    "pool_figures",
    "read_certificate",
    "read_certified",
    "release",
    "shared_figures",
    "shown_count",
    "summarise",
    "summarise_questionnaire",
    "told_questionnaire",
]
