"""Profiles that were fitted once and place people ever after: named, described, stored in a file one can read."""

from __future__ import annotations

import datetime
import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.stats import chi2
from sklearn.utils import check_random_state

from angle_mort.disk import replace_file
from angle_mort.errors import AngleMortError, problem
from angle_mort.instrument import Instrument, load_instrument
from angle_mort.margins import half_width
from angle_mort.profiles.candidates import Candidate, Cohort
from angle_mort.profiles.consequences import corrected_means, corrected_weights, probability_of_chance, sandwich
from angle_mort.profiles.evidence import Parameters, arranged
from angle_mort.profiles.families import FAMILIES, Family
from angle_mort.profiles.mixture import ProfileMixture, _refuse
from angle_mort.profiles.naming import profile_names
from angle_mort.profiles.placing import distances, memberships, shares_of

FORMAT, KIND = 1, "angle-mort profile model"
FAR_BELOW = 0.01  # probability that a member of the profile nearest by stands at least so far from its centre
NAMED, BETWEEN, FAR, UNKNOWN = "profile", "between", "far", "unknown"
"""What a place reads as: near one profile, between two, far from every one, or without any score."""

_LARGEST = 20_000_000  # bytes of a stored model


@dataclass(frozen=True)
class Fitted:
    """The people behind a model, while it is in memory: scores and errors n x d, and how much each counted (refits x
    n)."""

    respondents: pd.Index
    scores: NDArray
    errors: NDArray
    weights: NDArray


@dataclass(frozen=True, eq=False)
class ProfileModel:
    """A mixture, the refits that say how sure it is, and what it is called; made by ``fit`` or ``load``.

    Attributes
    ----------
    mixture : the ``ProfileMixture`` of all people.
    refits : 50 mixtures (Bayesian bootstrap, as if people were fewer by as many as there are numbers to estimate),
        profiles in the order of ``mixture``, in the units of the scores.
    card : plain words and numbers: ``instrument, date, n, scales, family, n_components, prior, verdict, names``, the
        probability ``named_at``, the ``level`` of margins, ``relative_entropy, jaccards``.
    profiles, scales, model, people : tidy frames, a row per profile x scale, per scale, one row, per person.

    Memberships are averaged over the refits: those of a single fit are too sure of themselves (with 30 people and the
    number of profiles given, their calibration error was .34; averaged .11: docs/profiles.md).

    >>> rng = np.random.default_rng(1)
    >>> at = np.array([[30, 32, 28], [72, 45, 44]])[np.arange(60) % 2]
    >>> scores = pd.DataFrame(at + rng.normal(0, 8, (60, 3)), columns=["A", "B", "C"])
    >>> model = ProfileModel.fit(scores, family="EII", n_components=2)
    >>> model.names
    ('les trois ensemble, niveau bas', 'le faire devant, niveau moyen')
    >>> new = pd.DataFrame({"A": [70, None, 10], "B": [44, 38, 90], "C": [45, None, 10]}, index=["x", "y", "z"])
    >>> model.place(new)[["respondent", "profile", "reading"]].to_numpy().tolist()
    [['x', 2, 'profile'], ['y', 1, 'between'], ['z', 1, 'far']]
    """

    mixture: ProfileMixture
    refits: Parameters
    card: Mapping[str, Any]
    fitted: Fitted | None = None

    @classmethod
    def fit(
        cls,
        scores: pd.DataFrame,
        standard_errors: pd.DataFrame | None = None,
        *,
        family: str,
        n_components: int,
        prior: str | float | None = "weak",
        n_init: int = 50,
        random_state: int | np.random.RandomState | None = 0,
        instrument: Instrument | None = None,
        date: datetime.date | None = None,
        verdict: str = "",
    ) -> ProfileModel:
        """Fit the profiles of respondents x scales, and refit them on people who count differently.

        ``standard_errors`` (same shape) in the units of the scores; an infinite one makes its score missing. People
        without any score take no part. ``verdict`` is the code that ``compare_profiles`` gave, kept in the file.
        Raises ``AngleMortError``: those of ``ProfileMixture.fit``, AM517 when nothing converged.
        """
        instrument = instrument or load_instrument()
        ready = ProfileMixture(n_components, family, prior)
        _refuse(*ready._wrong_parameters())
        known, errors = ready._scores(scores, standard_errors, reset=True)
        kept = ~np.isnan(known).all(axis=1)
        frames = [pd.DataFrame(each[kept], scores.index[kept], scores.columns) for each in (known, errors)]
        seed = int(check_random_state(random_state).randint(2**31))
        candidate = Cohort(*frames, prior, n_init, seed).candidate(family, n_components)
        candidate.model._ready()
        refits, weights = _in_own_order(candidate, known[kept], errors[kept])
        told = {
            "instrument": f"{instrument.name} {instrument.version}",
            "date": (date or datetime.date.today()).isoformat(),
            "verdict": verdict,
            "named_at": instrument.prototypes.named_at,
            "level": instrument.scoring["interval_level"]["value"],
        }
        model = cls(candidate.model, refits, told, Fitted(scores.index, known, errors, _with_gaps(weights, kept)))
        return replace(model, card=told | model._described(candidate, instrument))

    # ---------------------------------------------------------------------------------------------------- placing

    def place(self, scores: pd.DataFrame, standard_errors: pd.DataFrame | None = None) -> pd.DataFrame:
        """Where people stand among these profiles, without fitting anything: one row per person, in their order.

        Columns: ``respondent`` (the index); ``p1`` ... ``pk``, the averaged memberships (they sum to 1); ``profile``
        (1 to k, the most probable) with its ``probability``, ``second`` (the next; missing with one profile);
        ``typicality`` (the probability that a member of the profile nearest by stands at least so far from its centre);
        ``reading``: ``far`` when typicality is below .01, else ``profile`` from ``named_at`` (.80), else ``between``;
        ``unknown`` without any score (then all else is missing).

        Each place depends on that person's scores and errors alone. Columns beyond the model's scales are left aside;
        a scale that is absent is refused (AM520), an infinite score too (AM510).
        """
        known, errors = self._read(scores, standard_errors)
        placed = memberships(self.refits, known, errors, self.family)
        typical = self._typicality(known, errors)
        order = np.argsort(-np.nan_to_num(placed), axis=1, kind="stable") + 1
        nobody = np.isnan(placed[:, 0])
        frame = pd.DataFrame(placed, columns=[f"p{place}" for place in range(1, self.k + 1)])
        frame.insert(0, "respondent", scores.index)
        for place, name in enumerate(("profile", "second")):
            at = order[:, place] if place < self.k else np.full(len(order), np.nan)
            frame[name] = pd.Series(np.where(nobody, np.nan, at)).astype("Int64")
        frame["probability"] = placed.max(axis=1)
        frame["typicality"] = np.where(nobody, np.nan, typical)
        steps = [nobody, typical < FAR_BELOW, frame["probability"] < self.card["named_at"]]
        frame["reading"] = np.select(steps, [UNKNOWN, FAR, BETWEEN], NAMED)
        return frame

    def _read(self, scores: pd.DataFrame, standard_errors: pd.DataFrame | None) -> tuple[NDArray, NDArray]:
        absent = [scale for scale in self.card["scales"] if scale not in scores]
        if absent:
            raise AngleMortError(problem("AM520", columns=", ".join(absent)))
        own = list(self.card["scales"])
        if isinstance(standard_errors, pd.DataFrame) and set(own) <= set(standard_errors):
            standard_errors = standard_errors[own]
        return self.mixture._scores(scores[own], standard_errors, reset=False)

    def _typicality(self, scores: NDArray, errors: NDArray) -> NDArray:
        away = distances(self.best, scores, errors).min(axis=1)
        return chi2.sf(away, np.maximum((~np.isnan(scores)).sum(axis=1), 1))

    # ------------------------------------------------------------------------------------------------- describing

    @property
    def family(self) -> Family:
        return FAMILIES[self.mixture.covariance]

    @property
    def best(self) -> Parameters:
        """The fit itself, k profiles in the units of the scores, covariances as matrices."""
        return Parameters(self.mixture.weights_, self.mixture.means_, self.mixture.covariances_)

    @property
    def k(self) -> int:
        return self.mixture.n_components

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(self.card["names"])

    @cached_property
    def profiles(self) -> pd.DataFrame:
        """A row per profile x scale.

        ``profile, name``; ``share`` of the people (0-1) with ``share_low, share_high``; ``scale, mean`` with ``se, low,
        high``; ``spread`` inside the profile (standard deviation of true scores). Margins are those of the refits, at
        the declared level.
        """
        spread = np.sqrt(np.diagonal(self.best.covariances, axis1=1, axis2=2))
        share, mean = self._margins(self.best.weights, self.refits.weights), self._position()
        rows = [
            {"profile": i + 1, "name": self.names[i], "share": self.best.weights[i]}
            | {"share_low": max(share[1][i], 0.0), "share_high": min(share[2][i], 1.0), "scale": scale}
            | {"mean": self.best.means[i, j], "se": mean[0][i, j], "low": mean[1][i, j], "high": mean[2][i, j]}
            | {"spread": spread[i, j]}
            for i in range(self.k)
            for j, scale in enumerate(self.card["scales"])
        ]
        return pd.DataFrame(rows)

    @cached_property
    def scales(self) -> pd.DataFrame:
        """A row per scale: ``separation``, the share (0-1) of its true variance that lies between the profiles, with
        ``low, high``. The scale that tells profiles apart most comes first."""
        told = _separation(self.best)
        _, low, high = self._margins(told, np.array([_separation(self.refits.take(b)) for b in range(self.n_refits)]))
        frame = pd.DataFrame({"scale": self.card["scales"], "separation": told})
        frame["low"], frame["high"] = np.clip(low, 0, 1), np.clip(high, 0, 1)
        return frame.sort_values("separation", ascending=False, kind="stable", ignore_index=True)

    @cached_property
    def model(self) -> pd.DataFrame:
        """One row: ``instrument, date, n, family, n_components, prior, verdict``, the fit (``log_likelihood,
        n_parameters, bic, replicated``) and how sharp and stable it is (``relative_entropy``, ``jaccard``)."""
        card, mixture = self.card, self.mixture
        kept = ("instrument", "date", "n", "family", "n_components", "prior", "verdict")
        bic = -2 * mixture.log_likelihood_ + mixture.n_parameters_ * np.log(card["n"])
        fit = {"log_likelihood": mixture.log_likelihood_, "n_parameters": mixture.n_parameters_, "bic": bic}
        sure = {"relative_entropy": card["relative_entropy"], "jaccard": min(card["jaccards"])}
        told = {name: card[name] for name in kept} | fit | {"replicated": mixture.n_replicated_ > 1} | sure
        return pd.DataFrame([told | {"n_refits": self.n_refits}])

    @cached_property
    def people(self) -> pd.DataFrame:
        """Those whom the model was fitted to, as ``place`` gives them; a stored model holds nobody (AM521)."""
        fitted = self._fitted()
        scores = pd.DataFrame(fitted.scores, fitted.respondents, self.card["scales"])
        return self.place(scores, pd.DataFrame(fitted.errors, fitted.respondents, self.card["scales"]))

    @property
    def n_refits(self) -> int:
        return len(self.refits.weights)

    def consequences(self, outcomes: pd.DataFrame) -> pd.DataFrame:
        """What goes with each profile: a row per profile x outcome, ``profile, name, outcome, n, mean, se, low, high``,
        and ``p``, how often profiles differ as much once people exchange their outcomes at random (499 times).

        ``outcomes``: people x outcomes, the index that of the people fitted to; NaN is left out, outcome by outcome
        (``n`` people remain). Means are corrected for people placed in the wrong profile (Bolck, Croon & Hagenaars);
        margins hold both the people and the profiles that other people would have given: the larger of the refits'
        spread and the sandwich error. Raises AM521 for a model without its people, AM522 when somebody has no row.
        """
        fitted = self._fitted()
        if not fitted.respondents.isin(outcomes.index).all() or not outcomes.index.is_unique:
            raise AngleMortError(problem("AM522", n=int((~fitted.respondents.isin(outcomes.index)).sum())))
        values = outcomes.loc[fitted.respondents].astype(float)
        kept = ~np.isnan(fitted.scores).all(axis=1)
        once = Parameters(*(each[None] for each in self.best))
        one = self._corrected(once, np.ones((1, len(kept))), kept)[0]
        many = self._corrected(self.refits, fitted.weights, kept)
        rows = [self._consequence(one, many, name, values[name].to_numpy()[kept]) for name in values]
        return pd.concat(rows, ignore_index=True)

    def _corrected(self, mixtures: Parameters, weights: NDArray, kept: NDArray) -> NDArray:
        """Weights of the people in the profiles of each mixture: b x n x k."""
        fitted = self._fitted()
        shares = shares_of(mixtures, fitted.scores[kept], fitted.errors[kept], self.family)
        return np.array([corrected_weights(own.T, each[kept]) for own, each in zip(shares, weights, strict=True)])

    def _consequence(self, one: NDArray, many: NDArray, name: str, outcome: NDArray) -> pd.DataFrame:
        mean = corrected_means(one, outcome)
        drawn = np.array([corrected_means(each, outcome) for each in many])
        error = np.maximum(_robust_spread(drawn), np.sqrt(np.diag(sandwich(one, outcome))))
        reach = half_width(self.card["level"]) * error
        told = {"profile": range(1, self.k + 1), "name": self.names, "outcome": name}
        told |= {"n": int((~np.isnan(outcome)).sum()), "mean": mean, "se": error}
        told |= {"low": mean - reach, "high": mean + reach, "p": probability_of_chance(one, outcome)}
        return pd.DataFrame(told)

    def _fitted(self) -> Fitted:
        if self.fitted is None:
            raise AngleMortError(problem("AM521"))
        return self.fitted

    def _position(self) -> tuple[NDArray, NDArray, NDArray]:
        return self._margins(self.best.means, self.refits.means)

    def _margins(self, value: NDArray, refitted: NDArray) -> tuple[NDArray, NDArray, NDArray]:
        error = refitted.std(axis=0, ddof=1)
        reach = half_width(self.card["level"]) * error
        return error, value - reach, value + reach

    def _described(self, candidate: Candidate, instrument: Instrument) -> dict[str, Any]:
        mixture, scales = self.mixture, [str(name) for name in self.mixture.feature_names_in_]
        shares = candidate.memberships
        spread = -(shares * np.log(np.maximum(shares, np.finfo(float).tiny))).sum()
        return {
            "n": mixture.n_respondents_,
            "scales": scales,
            "family": mixture.covariance,
            "n_components": mixture.n_components,
            "prior": mixture.prior,
            "names": profile_names(scales, mixture.means_, self._position()[0], instrument),
            "relative_entropy": float(1 - spread / (len(shares) * np.log(self.k))) if self.k > 1 else None,
            "jaccards": candidate.jaccards.tolist(),
        }

    # ---------------------------------------------------------------------------------------------------- storing

    def to_json(self) -> dict[str, Any]:
        """Everything but the people, as plain numbers and words, with a digest over the rest."""
        told = {"format": FORMAT, "kind": KIND} | dict(self.card) | {"mixture": self.mixture.to_json()}
        told["refits"] = [
            {name: each.tolist() for name, each in self._packed(self.refits.take(b))._asdict().items()}
            for b in range(self.n_refits)
        ]
        return told | {"digest": _digest(told)}

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> ProfileModel:
        """The model again; refused when it is something else or of another format (AM519) or was changed (AM523)."""
        if not isinstance(stored, Mapping) or (stored.get("kind"), stored.get("format")) != (KIND, FORMAT):
            raise AngleMortError(problem("AM519", reason=f"no {KIND} of format {FORMAT}"))
        if stored.get("digest") != _digest({name: each for name, each in stored.items() if name != "digest"}):
            raise AngleMortError(problem("AM523"))
        try:
            mixture = ProfileMixture.from_json(stored["mixture"])
            kept = [Parameters(*(np.array(each[name], dtype=float) for name in each)) for each in stored["refits"]]
            refits = Parameters(*(np.stack(each) for each in zip(*kept, strict=True)))
        except (KeyError, TypeError, ValueError) as error:
            raise AngleMortError(problem("AM519", reason=type(error).__name__)) from error
        aside = {"format", "kind", "mixture", "refits", "digest"}
        model = cls(mixture, refits, {name: each for name, each in stored.items() if name not in aside})
        return replace(model, refits=model._unpacked(refits))

    def save(self, path: str | Path) -> Path:
        """Write the model as readable JSON, whole or not at all, for its owner's eyes; return its path.

        It holds where profiles stand and no person; still, below 100 people it is not to be shared. Raises AM525 when
        the place cannot be written.
        """
        path, told = Path(path), self.to_json()
        refits = ",\n  ".join(map(json.dumps, told.pop("refits")))
        text = f'{{\n "refits": [\n  {refits}\n ],{json.dumps(told, ensure_ascii=False, indent=1)[1:]}\n'
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            replace_file(path, text.encode())
        except OSError as error:
            raise AngleMortError(problem("AM525", path=str(path))) from error
        return path

    @classmethod
    def load(cls, path: str | Path) -> ProfileModel:
        """A stored model; AM524 where there is none or it cannot be read, AM519 and AM523 as ``from_json``."""
        try:
            content = Path(path).read_bytes()
        except OSError as error:
            raise AngleMortError(problem("AM524", path=str(path))) from error
        try:
            stored = json.loads(content) if len(content) <= _LARGEST else None
        except (ValueError, RecursionError) as error:
            raise AngleMortError(problem("AM519", reason="no JSON")) from error
        return cls.from_json(stored)

    def _packed(self, mixture: Parameters) -> Parameters:
        """Covariances as the family keeps them; one for all where it is shared."""
        own = self.family.packed(mixture.covariances)
        return mixture._replace(covariances=own[0] if self.family.shared else own)

    def _unpacked(self, refits: Parameters) -> Parameters:
        own = refits.covariances[:, None] if self.family.shared else refits.covariances
        matrices = self.family.matrices(own)
        whole = np.broadcast_to(matrices, (*refits.means.shape, refits.means.shape[-1])).copy()
        return refits._replace(covariances=whole)


def _in_own_order(candidate: Candidate, scores: NDArray, errors: NDArray) -> tuple[Parameters, NDArray]:
    """The refits in the units of the scores, covariances as matrices, and the weights (b x n) in the people's order."""
    found, weights = candidate.wider_refits
    own = [candidate.workshop.in_own_units(found.take(b)) for b in range(len(weights))]
    back = np.argsort(arranged(scores, errors)[0])
    return Parameters(*(np.ascontiguousarray(each) for each in map(np.stack, zip(*own, strict=True)))), weights[:, back]


def _with_gaps(weights: NDArray, kept: NDArray) -> NDArray:
    whole = np.zeros((len(weights), len(kept)))
    whole[:, kept] = weights
    return whole


def _separation(mixture: Parameters) -> NDArray:
    weights, means, covariances = mixture
    between = weights @ (means - weights @ means) ** 2
    return between / (between + weights @ np.diagonal(covariances, axis1=1, axis2=2))


def _robust_spread(drawn: NDArray) -> NDArray:
    """The standard deviation that the middle two thirds of the draws imply: k; one wild refit changes nothing."""
    low, high = np.percentile(drawn, [15.87, 84.13], axis=0)
    return (high - low) / 2


def _digest(told: Mapping[str, Any]) -> str:
    return hashlib.sha256(json.dumps(told, sort_keys=True, ensure_ascii=False).encode()).hexdigest()
