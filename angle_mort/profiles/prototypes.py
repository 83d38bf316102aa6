"""Near which declared prototype each leader stands, for cohorts too small to fit anything."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from angle_mort.errors import AngleMortError, problem
from angle_mort.profiles.evidence import Parameters
from angle_mort.profiles.families import FAMILIES
from angle_mort.profiles.placing import memberships

if TYPE_CHECKING:
    from angle_mort.instrument.model import Prototypes

NEEDED = ("respondent", "scale", "value", "se_measurement")


def place_among_prototypes(table: pd.DataFrame, prototypes: Prototypes) -> pd.DataFrame:
    """The probability of each prototype, if everyone stood near one of them.

    Parameters
    ----------
    table : tidy scores with ``respondent, scale, value, se_measurement`` (points of 0-100).
    prototypes : the declared positions on the blocks, their spread (points) and the probability to name one.

    Returns
    -------
    One row per respondent, in the order of the table: ``respondent``, one column of membership per prototype code (the
    rows sum to 1), ``nearest`` (a code), ``probability`` (of the nearest) and ``named`` (True from ``named_at`` on,
    when every block is known).

    Prototypes weigh the same; around each, a block is normal with variance spread**2 + se_measurement**2. A missing
    block leaves its dimension out. Without any block the memberships are missing, ``nearest`` is None and ``named``
    is False. A value without standard error is read with the spread alone.

    The prototypes are written by theory: even in a population without types most people would be near one. The words
    are therefore "your position resembles", never "you are".

    >>> from angle_mort.instrument.model import Prototype, Prototypes
    >>> two = Prototypes("1", ("A", "B"), 8.0, 0.80, (Prototype("doer", "", "", {"A": 70, "B": 45}),
    ...                  Prototype("checker", "", "", {"A": 45, "B": 70})), "")
    >>> scores = pd.DataFrame({"respondent": ["L1", "L1", "L2"], "scale": ["A", "B", "A"],
    ...                        "value": [68.0, 50.0, None], "se_measurement": [8.0, 8.0, None]})
    >>> place_among_prototypes(scores, two).round(3).to_dict("records")[0]
    {'respondent': 'L1', 'doer': 0.971, 'checker': 0.029, 'nearest': 'doer', 'probability': 0.971, 'named': True}
    >>> place_among_prototypes(scores, two)["nearest"].tolist()
    ['doer', None]
    """
    _check(table)
    values, errors = (_wide(table, column, prototypes) for column in ("value", "se_measurement"))
    memberships = _memberships(values, errors, prototypes)
    codes = [prototype.code for prototype in prototypes.prototypes]
    frame = pd.DataFrame(memberships, columns=codes)
    frame.insert(0, "respondent", table["respondent"].unique())
    frame["nearest"] = pd.Series(_nearest(memberships, codes), dtype=object)
    frame["probability"] = memberships.max(axis=1)
    frame["named"] = (frame["probability"] >= prototypes.named_at) & ~np.isnan(values).any(axis=1)
    return frame


def _memberships(values: NDArray, errors: NDArray, prototypes: Prototypes) -> NDArray:
    """n x prototypes: the prototypes are a mixture like any other, but declared."""
    positions = np.array([[each.position[block] for block in prototypes.blocks] for each in prototypes.prototypes])
    k, d = positions.shape
    around = np.broadcast_to(prototypes.spread**2 * np.eye(d), (1, k, d, d))
    mixture = Parameters(np.full((1, k), 1 / k), positions[None].astype(float), around)
    known = np.where(np.isinf(errors), np.nan, values)
    return memberships(mixture, known, np.where(np.isfinite(errors), errors, 0.0), FAMILIES["EII"])


def _nearest(memberships: NDArray, codes: list[str]) -> list[str | None]:
    return [None if np.isnan(row).any() else codes[int(row.argmax())] for row in memberships]


def _wide(table: pd.DataFrame, column: str, prototypes: Prototypes) -> NDArray:
    kept = table[table["scale"].isin(prototypes.blocks)]
    wide = kept.pivot(index="respondent", columns="scale", values=column)
    return wide.reindex(index=table["respondent"].unique(), columns=list(prototypes.blocks)).to_numpy(dtype=float)


def _check(table: pd.DataFrame) -> None:
    absent = [column for column in NEEDED if column not in table]
    if absent:
        raise AngleMortError(problem("AM501", columns=", ".join(absent)))
    twice = int(table.duplicated(["respondent", "scale"]).sum())
    if twice:
        raise AngleMortError(problem("AM502", n=twice))
