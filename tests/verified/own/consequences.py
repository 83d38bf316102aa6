"""What StepMix gives for the corrected means of outcomes: run in an environment of its own with ``stepmix==3.0.0``.

Writes ``consequences.csv`` (240 invented people: scores A B C, outcomes) and ``consequences.json``, beside this file.
"""

import json
from importlib.metadata import version
from pathlib import Path

import numpy as np
import pandas as pd
from stepmix import StepMix

OWN = Path(__file__).parent
CENTRES = np.array([[30, 34, 30], [66, 45, 48], [48, 68, 60]])


def people() -> pd.DataFrame:
    """Three profiles of unequal width, close enough for one in ten to be misplaced."""
    rng = np.random.default_rng(24)
    profile = rng.choice(3, 240, p=[0.3, 0.45, 0.25])
    scores = CENTRES[profile] + rng.normal(0, 1, (240, 3)) * np.array([[11, 9, 10], [10, 12, 11], [9, 10, 12]])[profile]
    whole = np.array([40.0, 50, 65])[profile] + rng.normal(0, 12, 240)
    gappy = np.where(rng.random(240) < 0.15, np.nan, 30 + whole / 2 + rng.normal(0, 6, 240))
    table = pd.DataFrame(scores, columns=list("ABC")).assign(whole=whole, gappy=gappy)
    return table.round(3)


def corrected(table: pd.DataFrame, outcome: str, kind: str) -> dict[str, list]:
    precise = {"abs_tol": 1e-14, "rel_tol": 1e-14, "max_iter": 20_000, "n_init": 30, "random_state": 0}
    model = StepMix(3, n_steps=3, measurement="gaussian_diag", structural=kind, correction="BCH", **precise)
    model.fit(table[list("ABC")], table[[outcome]])
    told = model.get_parameters()
    order = np.argsort(told["measurement"]["means"].mean(axis=1))
    return {
        "positions": told["measurement"]["means"][order].tolist(),
        "means": told["structural"]["means"][order, 0].tolist(),
    }


if __name__ == "__main__":
    made = people()
    made.to_csv(OWN / "consequences.csv", index=False, lineterminator="\n")
    table = pd.read_csv(OWN / "consequences.csv")
    told = {"stepmix": version("stepmix")} | {
        "whole": corrected(table, "whole", "gaussian_unit"),
        "gappy": corrected(table, "gappy", "gaussian_unit_nan"),
    }
    (OWN / "consequences.json").write_text(json.dumps(told, indent=1) + "\n", encoding="utf-8")
