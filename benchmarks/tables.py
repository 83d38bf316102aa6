"""Tables as Markdown, for the pages that the benchmarks write."""

from __future__ import annotations

import numbers

import pandas as pd


def markdown(frame: pd.DataFrame) -> str:
    """One Markdown table, cells as they stand: ``percent`` and ``plain`` give figures their digits beforehand."""
    head = "| " + " | ".join(map(str, frame.columns)) + " |"
    rule = "|" + "|".join("--:" if _is_figures(frame[column]) else "---" for column in frame.columns) + "|"
    rows = ["| " + " | ".join(map(str, row)) + " |" for row in frame.itertuples(index=False)]
    return "\n".join([head, rule, *rows])


def percent(share: float, digits: int = 1) -> str:
    """A share as a percentage, or a dash."""
    return "–" if pd.isna(share) else f"{100 * share:.{digits}f} %"


def plain(value: float, digits: int = 3) -> str:
    return "–" if pd.isna(value) else f"{value:.{digits}f}"


def _is_figures(column: pd.Series) -> bool:
    return all(isinstance(each, numbers.Number) or str(each)[:1] in "0123456789–-<" for each in column)
