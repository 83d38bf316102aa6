"""Numbers, intervals and lists as the sentences and tables of the views write them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import pandas as pd

from angle_mort.instrument import load_instrument
from angle_mort.text import number, t


def named(columns: Mapping[str, Iterable]) -> pd.DataFrame:
    """A table with the French headings of these columns."""
    return pd.DataFrame({t(f"view.column.{key}"): list(values) for key, values in columns.items()})


def listed(texts: Iterable[str]) -> str:
    """Texts one after the other: a ; b ; c."""
    return t("view.list_join").join(texts)


def listed_values(labels: Iterable[str], values: Iterable[str]) -> str:
    """Names with their values, one after the other."""
    return listed(t("view.list_item", label=a, value=b) for a, b in zip(labels, values, strict=True))


def or_nothing(value: object, digits: int) -> str:
    """A number, or a dash where there is none."""
    return t("view.nothing") if value is None or pd.isna(value) else number(value, digits)


def decimals(value: object) -> str:
    """Two decimals, or a dash."""
    return or_nothing(value, 2)


def whole(value: float) -> str:
    """Whole points, or a dash."""
    return or_nothing(value, 0)


def percent(value: float) -> str:
    """A share of 0-1 in per cent, or a dash."""
    return t("view.nothing") if pd.isna(value) else t("view.percent", value=number(100 * value, 0))


def chance(value: float) -> str:
    """A probability in per cent; never 0 nor 100, which no number of people proves."""
    if 0.005 <= value < 0.995:
        return percent(value)
    return t("view.profiles.chances.small") if value < 0.5 else t("view.profiles.chances.large")


def spans(low: Iterable[float], high: Iterable[float], digits: int) -> list[str]:
    """Intervals in words, at so many decimals."""
    edges = zip(low, high, strict=True)
    return [t("view.interval", low=or_nothing(a, digits), high=or_nothing(b, digits)) for a, b in edges]


def with_span(value: float, low: float, high: float) -> str:
    """A value of two decimals with its interval, where it has one."""
    if pd.isna(low):
        return decimals(value)
    return t("view.value_interval", value=decimals(value), low=decimals(low), high=decimals(high))


def leaders(people: str) -> str:
    """A number of leaders in words: 24 dirigeants, au moins 20 dirigeants."""
    return t("view.leaders", people=people)


def at_least(people: Iterable[float]) -> list[str]:
    """Lower bounds of numbers of people."""
    return [t("view.at_least", n=int(n)) for n in people]


def scale_label(scale: str, turned: bool = False) -> str:
    """The name of a scale or an index; ``turned``: as told when high is always blockage."""
    instrument = load_instrument()
    if turned and scale in instrument.scoring["bands"]["reversed"]:
        return t(f"view.turned.{scale}")
    indices = instrument.scoring["indices"]
    return indices[scale]["name"]["fr"] if scale in indices else instrument.module(scale).name


def turned(rows: pd.DataFrame, scale: str = "scale") -> pd.DataFrame:
    """The same means and margins, those of scales where high is good turned: high is always blockage."""
    reversed_ = rows[scale].isin(load_instrument().scoring["bands"]["reversed"]).to_numpy()
    rows = rows.copy()
    rows.loc[reversed_, "mean"] = 100 - rows.loc[reversed_, "mean"]
    rows.loc[reversed_, ["low", "high"]] = 100 - rows.loc[reversed_, ["high", "low"]].to_numpy()
    return rows
