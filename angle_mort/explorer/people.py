"""The leaders of a cohort as arrays made once, so that a click costs little, however many they are."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from angle_mort.cohort import Cohort
from angle_mort.disclosure.release import characteristics
from angle_mort.margins import half_width
from angle_mort.scores import cross_checks
from angle_mort.scores.bands import WORDS
from angle_mort.text import t
from angle_mort.views.words import scale_label

_SHORTEST = 4
BANDS = tuple(WORDS[name] for name in ("green", "green_orange", "orange", "orange_red", "red"))


@dataclass(frozen=True)
class Measure:
    """One scale of everybody, in points of 0-100, high meaning blockage; NaN where it cannot be calculated.

    ``half`` is the half-width of the margin, ``band`` a place in ``BANDS`` (-1 for none).
    """

    label: str
    value: NDArray
    low: NDArray
    high: NDArray
    half: NDArray
    band: NDArray

    @cached_property
    def known(self) -> NDArray:
        return np.flatnonzero(~np.isnan(self.value))

    @cached_property
    def _shown(self) -> dict[int, str]:
        return {}

    def shown(self, place: int) -> str:
        """The value and its margin in whole points: 81 ± 13. Written once for each leader."""
        if place not in self._shown:
            told = {"mean": whole(self.value[place]), "margin": whole(max(1, self.half[place]))}
            self._shown[place] = t("view.margin", **told) if told["mean"] else t("explorer.unknown")
        return self._shown[place]


def whole(value: float) -> str:
    """A number of points below a thousand, halves rounded up, nothing for none: as ``number``, and quicker."""
    return "" if np.isnan(value) else str(int(np.floor(value + 0.5)))


class People:
    """Everything that a picture or a text needs of the leaders of a released cohort, by their place."""

    def __init__(self, cohort: Cohort) -> None:
        self.cohort, self.instrument = cohort, cohort.instrument
        self.leaders = cohort.leaders
        self.ids: list[str] = self.leaders["leader"].tolist()
        self.place: Mapping[str, int] = {leader: place for place, leader in enumerate(self.ids)}
        self.names = _short(self.ids)
        rule = self.instrument.scoring["bands"]
        self.thresholds = tuple(rule["thresholds"])
        self.zones = tuple(rule["names"])
        self.level = self.instrument.scoring["interval_level"]["value"]
        self.measures = {
            code: self._measure(code, scale_label(code, turned=True)) for code in rule["scales"] if code in self.leaders
        }
        facets = (*self.instrument.module("C0").facets, *self.instrument.module("C").facets)
        self.facts = {each.code: self._measure(each.code, each.name) for each in facets if each.code in self.leaders}
        self.scenario = self._column("J")
        self.care = {name: self._column(name) for name in ("run_light", "fast_light", "hurried", "n_missing")}

    def warmed(self) -> People:
        """Itself, with everything computed now and not at the first click that asks for it."""
        _ = self.membership, self.resembles, self.dominance, self.steps, self.checks, self.characteristics, self.areas
        return self

    def __len__(self) -> int:
        return len(self.ids)

    def _turned(self, code: str) -> bool:
        return code in self.instrument.scoring["bands"]["reversed"]

    def _measure(self, code: str, label: str) -> Measure:
        value, low, high = (self._column(code + end) for end in ("", "_low", "_high"))
        if self._turned(code):
            value, low, high = 100 - value, 100 - high, 100 - low
        half = half_width(self.level) * np.nan_to_num(self._column(f"{code}_se"))
        return Measure(label, value, low, high, half, self._bands(code))

    def _column(self, name: str) -> NDArray:
        if name not in self.leaders:
            return np.full(len(self.ids), np.nan)
        return self.leaders[name].to_numpy(dtype=float)

    def _bands(self, code: str) -> NDArray:
        told = self.cohort.bands
        named = told.loc[told["scale"] == code, "band"]
        if named.empty:
            return np.full(len(self.ids), -1)
        return pd.Index(BANDS).get_indexer(named)

    @cached_property
    def membership(self) -> NDArray:
        """Leaders x prototypes, each row summing to 1; NaN without any block."""
        codes = [each.code for each in self.instrument.prototypes.prototypes]
        return self.cohort.profiles[codes].to_numpy(dtype=float)

    @cached_property
    def resembles(self) -> NDArray:
        """The place of the prototype that may be named; -1 between several, -2 where nothing is known."""
        nearest = np.nan_to_num(self.membership, nan=-1.0).argmax(axis=1)
        named = self.cohort.profiles["named"].to_numpy(dtype=bool)
        known = ~np.isnan(self.membership).any(axis=1)
        return np.where(known, np.where(named, nearest, -1), -2)

    @cached_property
    def dominance(self) -> tuple[NDArray, NDArray]:
        """The block that stands out of each leader's three (or « mixte »), and how probable that is."""
        told = self.cohort.dominance
        blocks = self.instrument.scoring["dominance"]["blocks"]
        return told["block"].to_numpy(object), told[[f"p_{block}" for block in blocks]].to_numpy(float).max(axis=1)

    @cached_property
    def steps(self) -> Mapping[str, NDArray]:
        """By step of the path: leaders x (value, standard error, low, high), 0-100, high meaning further along."""
        columns = ["value", "se_measurement", "low", "high"]
        told = self.cohort.evidence.groupby("step", sort=False)
        return {code: rows[columns].to_numpy(float) for code, rows in told}

    @cached_property
    def checks(self) -> Mapping[str, tuple[NDArray, NDArray, NDArray]]:
        """By cross-check: every leader's difference, the margin of it, and the answer; the mirror is never there."""
        told = cross_checks(self.cohort.scores, self.instrument)
        kept = told[told["check"] != "self_mirror"].groupby("check", sort=False)
        columns = ("difference", "margin", "answer")
        return {code: tuple(rows[name].to_numpy() for name in columns) for code, rows in kept}

    @cached_property
    def characteristics(self) -> Mapping[str, NDArray]:
        """Per question of context that the release tells, the coarse band of each leader, a text."""
        told = [item.id for item in characteristics(self.instrument) if item.id in self.leaders]
        columns = {code: self.leaders[code].fillna(t("view.unanswered")).to_numpy(dtype=str) for code in told}
        return {code: column for code, column in columns.items() if len(set(column)) > 1}

    @cached_property
    def areas(self) -> list[tuple[str, float, float]]:
        """Per area, what the group says it carries: its name, the mean answer (points), half of its margin."""
        rule, items = self.instrument.scoring["areas"], self.cohort.items.set_index("item")
        told = []
        for area, item in zip(rule["codes"], rule["felt"], strict=True):
            top, n = self.instrument.items[item].format.highest, items["n_answered"].get(item, 0)
            mean = float(items["mean"].get(item, np.nan)) * 100 / top
            error = self.instrument.norms.answer_error * 4 / top / np.sqrt(max(n, 1))
            told.append((rule["names"][area]["fr"], mean, half_width(self.level) * error))
        return told


def _short(ids: list[str]) -> list[str]:
    """The first letters of each pseudonym, as few as tell all of them apart."""
    lengths = range(_SHORTEST, max(map(len, ids), default=_SHORTEST) + 1)
    enough = next((length for length in lengths if len({each[:length] for each in ids}) == len(ids)), None)
    return [each[:enough] for each in ids]
