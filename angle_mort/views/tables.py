"""Views that are tables: who answered and how, what is not told and why, and the head of a report."""

from __future__ import annotations

import pandas as pd

from angle_mort.results import CohortSummary, FollowUpSummary, Summary
from angle_mort.text import day, t
from angle_mort.views.view import View, of


def heading(summary: Summary) -> View:
    """Which cohort, which day, who may see it; it says so when the people are invented."""
    name = t("view.heading.demonstration") if summary.demonstration else t("view.heading.cohort", name=summary.name)
    lines = (
        t("view.heading.who", n=summary.n, day=day(summary.day)),
        t("view.heading.audience"),
        t("view.heading.versions", instrument=summary.instrument, tool=summary.versions["tool"]),
    )
    return of(summary, "heading", reading=lines, alt=name, table=pd.DataFrame(), caption=name, title=name)


def about(summary: Summary) -> View:
    """What stands behind the figures, from the certificate: who, when, made with what, by which rules, and the seal."""
    facts = {
        "day": day(summary.day),
        "n": str(summary.n),
        "instrument": summary.instrument,
        "tool": summary.versions["tool"],
        "norms": summary.versions["norms"],
        "level": t("view.percent", value=round(100 * summary.level)),
        "policy": t("view.about.thresholds", **summary.policy),
        "withheld": _withheld_in_short(summary),
        "file": t("view.about.kept"),
        "seal": _in_fours(summary.seal[:_SEAL]),
    }
    table = pd.DataFrame([(t(f"view.about.{key}"), told) for key, told in facts.items()])
    table.columns = [t("view.column.item"), t("view.column.value")]
    return of(
        summary,
        "about",
        reading=(t("view.about.reading"),),
        alt="",
        table=table,
        caption=t("view.about.caption"),
    )


_SEAL = 16
"""Letters of the seal that are told: enough to know the certificate again, on the coach's disk."""


def _in_fours(letters: str) -> str:
    return " ".join(letters[place : place + 4] for place in range(0, len(letters), 4))


def _withheld_in_short(summary: Summary) -> str:
    if not isinstance(summary, CohortSummary):
        return t("view.about.in_place")
    return t("view.about.listed", n=len(summary.withheld))


def answer_care(summary: CohortSummary) -> View:
    """How many answered, what was set aside, and the advisory lights on how carefully people answered."""
    lines = [(t(f"view.care.{key}"), shown) for key, shown in summary.intake.items()]
    lights = [(t(f"view.care.{row.light}"), row.shown) for row in summary.care.itertuples()]
    table = pd.DataFrame([*lines, *lights])
    table.columns = [t("view.column.item"), t("view.column.count")]
    reading = (
        t("view.care.reading", n=summary.n),
        t("view.care.provisional") if summary.provisional else t("view.care.normed"),
    )
    return of(summary, "answer_care", reading=reading, alt="", table=table, caption=t("view.care.caption"))


def withheld(summary: CohortSummary | FollowUpSummary) -> View:
    """What may not be shown at this size, the rule, and from which size it may."""
    rows = [
        (t(f"withheld.what.{row.what}"), t(f"withheld.rule.{row.rule}"), _needed(row.rule, row.needed))
        for row in summary.withheld.itertuples()
    ]
    columns = [t("view.column.what"), t("view.column.why"), t("view.column.from")]
    table = pd.DataFrame(rows, columns=columns)
    reading = (
        t("view.withheld.reading", n=summary.n),
        t("view.withheld.never_zero", limit=summary.minimum),
        t("view.withheld.rules", **summary.policy),
    )
    return of(summary, "withheld", reading=reading, alt="", table=table, caption=t("view.withheld.caption"))


def _needed(rule: str, size: int) -> str:
    if rule == "group":
        return t("withheld.in_group", n=size)
    return t("withheld.from", n=size) if size else t(f"withheld.later.{rule}")
