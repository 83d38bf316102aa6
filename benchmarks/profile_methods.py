"""Who finds types in a cohort: this project, the truth itself, and three others, all answering in one form."""

from __future__ import annotations

import json
import subprocess
import warnings
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from itertools import product
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from sklearn.mixture import GaussianMixture

from angle_mort.profiles import ProfileModel, compare_profiles, verdict
from angle_mort.profiles.candidates import SINGLE_GROUP
from angle_mort.profiles.selection import COMPARED
from benchmarks.typed_cohorts import TypedCohort

PEERS = Path(__file__).parent / "peers"
MOST = 6
"""Most profiles tried, by everybody."""
SKLEARN_STARTS = 5
SINGULAR = 1e-3
"""A profile is singular when it has a direction with less than this share of the cohort's variance."""


@dataclass(frozen=True)
class Fit:
    """``memberships`` (m x k) of the ``people`` (m row numbers) who got some; ``covariances`` k x d x d."""

    people: NDArray
    memberships: NDArray
    covariances: NDArray

    @property
    def k(self) -> int:
        return self.memberships.shape[1]


def narrowest(covariances: NDArray, scores: NDArray) -> float:
    """The least variance of a profile (k x d x d) in any direction, scales in units of their SD in the cohort."""
    sd = np.nanstd(scores, axis=0)
    return float(np.linalg.eigvalsh(covariances / np.outer(sd, sd)).min())


@dataclass(frozen=True)
class Answer:
    """The fit with a number of profiles of its own choice, and the one where the number is given; or why there is none.

    ``given`` is None where nothing was asked.
    """

    chosen: Fit | str
    given: Fit | str | None = None
    told: str = ""


# --------------------------------------------------------------------------------------------------------- this project


def angle_mort(cohort: TypedCohort, given: int, seed: int) -> dict[str, Answer]:
    """``verdict``: what is told, which is one group unless profiles are shown. ``best``: the row of that name, and
    ``one fit``: the same without averaging memberships over refits."""
    frame = pd.DataFrame(cohort.scores).add_prefix("scale ")
    table = compare_profiles(frame, MOST, seed, measured="verdict")
    told, best = verdict(table), table[table["best"]].iloc[0]
    shown = (told.family, told.n_components) if told.shown else SINGLE_GROUP
    chosen = best["family"], int(best["n_components"])
    fits = {each: _placed(frame, *each, seed) for each in {shown, chosen}}
    asked = _placed(frame, _family_of(table, given), given, seed) if given else (None, None)
    best, one_fit = (Answer(*each, best["family"]) for each in zip(fits[chosen], asked, strict=True))
    return {"verdict": Answer(fits[shown][0], told=told.code), "best": best, "one fit": one_fit}


def _family_of(table: pd.DataFrame, given: int) -> str:
    """That of lowest AIC3 with this number of profiles; where the cohort has too few people for any, the smallest."""
    rows = table[table["n_components"] == given].dropna(subset=["aic3"])
    return COMPARED[0] if rows.empty else rows.loc[rows["aic3"].idxmin(), "family"]


def _placed(frame: pd.DataFrame, family: str, k: int, seed: int) -> tuple[Fit, Fit]:
    """As a coach gets them: memberships averaged over refits; and those of the fit alone."""
    model = ProfileModel.fit(frame, family=family, n_components=k, random_state=seed)
    people = model.people[[f"p{each}" for each in range(1, k + 1)]].dropna()
    rows, covariances = people.index.to_numpy(), model.mixture.covariances_
    alone = model.mixture.predict_proba(frame.iloc[rows])
    return Fit(rows, people.to_numpy(), covariances), Fit(rows, alone, covariances)


# ----------------------------------------------------------------------------------------------------------- the others


def oracle(cohort: TypedCohort) -> Answer:
    """Everything known but who is who."""
    fit = Fit(np.arange(len(cohort.scores)), cohort.oracle(), cohort.covariances)
    return Answer(fit, fit)


def scikit_learn(cohort: TypedCohort, given: int, seed: int) -> dict[str, Answer]:
    """``GaussianMixture``, complete rows, its four kinds of covariance, the lowest BIC; and of those who must choose:
    two profiles or more, the fits with a singular profile set aside."""
    people = np.flatnonzero(~np.isnan(cohort.scores).any(axis=1))
    scores = cohort.scores[people]
    fits = _fits(scores, range(1, min(MOST, len(scores)) + 1), seed)
    several = [fit for fit in fits if fit.n_components > 1 and _sound(fit, scores)]
    answers = {}
    for name, kept in {"scikit-learn": fits, "scikit-learn, 2+": several}.items():
        asked = [fit for fit in kept if fit.n_components == given]
        answers[name] = Answer(_lowest(people, scores, kept), _lowest(people, scores, asked) if given else None)
    return answers


def _fits(scores: NDArray, numbers: Sequence[int], seed: int) -> list[GaussianMixture]:
    fits = []
    for kind, k in product(("spherical", "diag", "tied", "full"), numbers):
        mixture = GaussianMixture(k, covariance_type=kind, n_init=SKLEARN_STARTS, random_state=seed)
        with warnings.catch_warnings(), suppress(ValueError):  # a covariance that is none: this fit is not there
            warnings.simplefilter("ignore")
            fits.append(mixture.fit(scores))
    return fits


def _sound(mixture: GaussianMixture, scores: NDArray) -> bool:
    return narrowest(_matrices(mixture, scores.shape[1]), scores) >= SINGULAR


def _lowest(people: NDArray, scores: NDArray, fits: list[GaussianMixture]) -> Fit | str:
    if not fits:
        return "no fit"
    best = min(fits, key=lambda each: each.bic(scores))
    return Fit(people, best.predict_proba(scores), _matrices(best, scores.shape[1]))


def _matrices(mixture: GaussianMixture, d: int) -> NDArray:
    covariances, kind = mixture.covariances_, mixture.covariance_type
    if kind == "tied":
        return covariances[None]
    if kind == "full":
        return covariances
    return np.stack([np.diag(np.broadcast_to(each, d)) for each in covariances])


class Peer:
    """Another program that answers one line of JSON with one; started when first asked.

    Named ``2+``: its choice among two profiles or more.
    """

    def __init__(self, name: str, *command: str) -> None:
        self.name, self.command, self._process = name, command, None

    def __call__(self, cohort: TypedCohort, given: int, seed: int) -> dict[str, Answer]:
        if self._process is None:
            self._process = subprocess.Popen(self.command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        scores = [[None if np.isnan(each) else each for each in row] for row in cohort.scores.tolist()]
        asked = {"scores": scores, "given": given, "most": MOST, "seed": seed}
        self._process.stdin.write(json.dumps(asked) + "\n")
        self._process.stdin.flush()
        told = json.loads(self._process.stdout.readline())
        people = np.array(told["people"], dtype=int)
        fits = {each: _read(people, told[each]) for each in ("chosen", "several", "given") if each in told}
        answers = {self.name: Answer(fits["chosen"], fits.get("given"))}
        if "several" in fits:
            answers[f"{self.name}, 2+"] = Answer(fits["several"])
        return answers

    def close(self) -> None:
        if self._process:
            self._process.communicate()


def _read(people: NDArray, fit: dict) -> Fit | str:
    if "error" in fit:
        return fit["error"]
    memberships = np.array(fit["memberships"], dtype=float).reshape(len(people), fit["k"])
    return Fit(people, memberships, np.array(fit["covariances"], dtype=float))


def mclust() -> Peer:
    return Peer("mclust", "Rscript", str(PEERS / "mclust_lines.R"))


def stepmix(python: str) -> Peer:
    return Peer("StepMix", python, str(PEERS / "stepmix_lines.py"))
