"""What may be told of the profiles of joined cohorts, and to whom: positions need many people behind them."""

from __future__ import annotations

import datetime
import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from angle_mort.disclosure.certificate import rows_seal
from angle_mort.disclosure.thresholds import POLICY, Policy, merge_rest, shown_count
from angle_mort.errors import AngleMortError, problem
from angle_mort.instrument import Instrument
from angle_mort.results import COACH, SPONSOR, ProfilesSummary

BETWEEN = "between"
_RATES = ("relative_entropy", "jaccard", "shape_p", "blrt_p", "split_half")
_POSITION = ["profile", "name", "share", "scale", "mean", "low", "high"]
_CONSEQUENCE = ["profile", "name", "outcome", "mean", "low", "high", "apart"]
_CHANCE = 0.10  # that any outcome is called different where none is: shared out among them (Bonferroni)


@dataclass(frozen=True)
class Member:
    """One released cohort of those joined: its name, its rows and its certificate."""

    name: str
    leaders: pd.DataFrame
    certificate: Mapping[str, object]


@dataclass(frozen=True)
class FoundProfiles:
    """The private side: candidates, the verdict, and what the model says (frames without rows where there is none)."""

    comparison: pd.DataFrame
    single_bic: float
    verdict: str
    profiles: pd.DataFrame
    scales: pd.DataFrame
    people: pd.DataFrame
    consequences: pd.DataFrame
    model: Mapping[str, object]


def summarise_profiles(
    members: Sequence[Member], found: FoundProfiles, instrument: Instrument, policy: Policy = POLICY
) -> ProfilesSummary:
    """What may be told of the profiles of whole cohorts read as one group.

    The comparison and its verdict are for a sponsor. What profiles look like, how many people are near each and what
    goes with them is for a sponsor from ``policy.rows`` (100) people on, when each profile has ``policy.spread_group``
    (10) at least: one profile left out could be had by subtraction. Else it is the coach's alone.

    Raises ``AngleMortError`` AM605 below the minimum cohort, AM616 for rows that are not those of a certificate.
    """
    n = len(set().union(*(each.leaders["leader"] for each in members)))
    if n < policy.cohort:
        raise AngleMortError(problem("AM605", n=n, minimum=policy.cohort))
    parts = [each for each in members if rows_seal(each.leaders) != each.certificate["rows"]]
    if parts:
        told = [problem("AM616", n=len(each.leaders), sealed=each.certificate["n"]) for each in parts]
        raise AngleMortError(*told)
    shared = n >= policy.rows and _smallest(found.people) >= policy.spread_group
    first = members[0].certificate
    return ProfilesSummary(
        name=" + ".join(each.name for each in members),
        seal=joined_seal(each.certificate for each in members),
        audience=SPONSOR,
        demonstration=any(bool(each.certificate["demonstration"]) for each in members),
        day=max(datetime.date.fromisoformat(str(each.certificate["day"])) for each in members),
        n=n,
        minimum=policy.group,
        level=instrument.scoring["interval_level"]["value"],
        instrument=f"{instrument.name} {instrument.version}",
        versions={"tool": first["tool"], "norms": instrument.norms.name},
        policy=policy.as_dict(),
        sizes=_sizes(members, n),
        verdict=found.verdict,
        candidates=_candidates(found, n, policy),
        chances=_chances(found.comparison),
        profiles_for=SPONSOR if shared else COACH,
        shared_from=policy.rows,
        positions=_rounded(found.profiles, _POSITION),
        scales=_rounded(found.scales, ["scale", "separation", "low", "high"]),
        people=_people(found.people, n, policy),
        consequences=_rounded(_with_apart(found.consequences), _CONSEQUENCE),
        sharpness=_sharpness(found),
    )


def _smallest(people: pd.DataFrame) -> int:
    """How many people are most probably in the smallest profile; endless where there are no profiles."""
    return int(people["profile"].value_counts().min()) if len(people) else np.iinfo(int).max


def joined_seal(certificates: Iterable[Mapping[str, object]]) -> str:
    """The seal of released cohorts read as one group: that of the release when it is alone."""
    seals = sorted(str(each["seal"]) for each in certificates)
    return seals[0] if len(seals) == 1 else hashlib.sha256("\n".join(seals).encode()).hexdigest()


def _sizes(members: Sequence[Member], n: int) -> dict[str, int]:
    """The cohorts and their sizes; none where they share rows, since the difference would tell how many."""
    sizes = {each.name: len(each.leaders) for each in members}
    return sizes if sum(sizes.values()) == n else {}


def _candidates(found: FoundProfiles, n: int, policy: Policy) -> pd.DataFrame:
    """The comparison in round numbers; ``gap``: by how much its BIC beats that of the best single group."""
    table = found.comparison[found.comparison["bic"].notna()]
    told = table[["family", "n_components", "judged", "replicated"]].copy()
    told["gap"] = (found.single_bic - table["bic"].astype(float)).round(0)
    told["smallest"] = [shown_count(int(each), n, policy) for each in table["smallest"]]
    rates = table[list(_RATES)].astype(float).round(2)
    return pd.concat([told, rates], axis=1).reset_index(drop=True)


def _chances(comparison: pd.DataFrame) -> pd.DataFrame:
    """The probability of each number of profiles, 2 decimals; no row where nothing was fitted."""
    table = comparison[comparison["bic"].notna()]
    chances = table.groupby("n_components")["p_components"].first().astype(float).round(2)
    return chances.rename("probability").reset_index()


def _people(people: pd.DataFrame, n: int, policy: Policy) -> pd.DataFrame:
    """How many leaders are near each profile, and between or far: small groups join those between."""
    if people.empty:
        return pd.DataFrame(columns=["group", "count"])
    near = people["profile"].astype(str).where(people["reading"] == "profile", people["reading"])
    near = near.replace("unknown", BETWEEN)
    order = [str(place) for place in range(1, int(people["profile"].max()) + 1)]
    counts = {each: int((near == each).sum()) for each in (*order, "far", BETWEEN)}
    groups = merge_rest(counts, BETWEEN, policy)
    return pd.DataFrame([("+".join(group), count) for group, count in groups], columns=["group", "count"])


def _with_apart(consequences: pd.DataFrame) -> pd.DataFrame:
    """Which outcomes differ between profiles beyond chance."""
    limit = _CHANCE / max(consequences["outcome"].nunique(), 1)
    return consequences.assign(apart=consequences["p"] < limit)


def _rounded(frame: pd.DataFrame, columns: Sequence[str]) -> pd.DataFrame:
    """Whole points, shares in hundredths, never beyond 0 and 100 (shares: 1)."""
    if frame.empty:
        return pd.DataFrame(columns=columns)
    told = frame[columns].copy()
    for name in set(columns) & {"mean", "low", "high", "share", "separation"}:
        share = name in ("share", "separation") or "separation" in columns
        told[name] = told[name].astype(float).clip(0, 1 if share else 100).round(2 if share else 0)
    return told


def _sharpness(found: FoundProfiles) -> dict[str, float]:
    """How well people are told apart, and how well profiles are found again, in hundredths."""
    if not found.model:
        return {}
    told = {"probability": float(found.people["probability"].mean())}
    told |= {name: float(found.model[name]) for name in ("relative_entropy", "jaccard")}
    return {name: round(value, 2) for name, value in told.items()}
