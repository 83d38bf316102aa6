"""Invented people with gaps, and what StepMix gives for them: run in an environment of its own with ``stepmix==3.0.0``.

Writes ``mixtures.csv`` (260 people, scores A to D, 8 % missing) and ``mixtures_with_gaps.json``, beside this file.
"""

import json
from importlib.metadata import version
from pathlib import Path

import numpy as np
import pandas as pd
from stepmix import StepMix

OWN = Path(__file__).parent
CENTRES = np.array([[30, 34, 30, 40], [66, 45, 48, 58], [48, 70, 62, 52]])
SHARED = np.array([4.0, 5.0, 3.0, 4.0])


def people() -> pd.DataFrame:
    """Three profiles of unequal width whose scales move a little together."""
    rng = np.random.default_rng(31)
    profile = rng.choice(3, 260, p=[0.3, 0.45, 0.25])
    width = np.array([[9, 8, 9, 7], [8, 10, 9, 10], [8, 8, 10, 9]])[profile]
    scores = CENTRES[profile] + rng.normal(0, 1, (260, 4)) * width + rng.normal(0, 1, (260, 1)) * SHARED
    scores[rng.random(scores.shape) < 0.08] = np.nan
    return pd.DataFrame(scores, columns=list("ABCD")).round(3).dropna(how="all")


def fitted(scores: pd.DataFrame, measurement: str) -> dict[str, object]:
    precise = {"abs_tol": 1e-14, "rel_tol": 1e-14, "max_iter": 20_000, "n_init": 30, "random_state": 0}
    model = StepMix(3, measurement=measurement, **precise).fit(scores)
    own = model.get_parameters()
    order = np.argsort(own["measurement"]["means"].mean(axis=1))
    return {
        "log_likelihood": float(model.score(scores) * len(scores)),
        "n_parameters": int(model.n_parameters),
        "bic": float(model.bic(scores)),
        "weights": np.asarray(own["weights"])[order].tolist(),
        "means": own["measurement"]["means"][order].tolist(),
        "profile": np.argsort(order)[model.predict(scores)].tolist(),
    }


if __name__ == "__main__":
    people().to_csv(OWN / "mixtures.csv", index=False, lineterminator="\n")
    table = pd.read_csv(OWN / "mixtures.csv")
    kinds = {"VVI": "gaussian_diag_nan", "VII": "gaussian_spherical_nan"}
    told = {"stepmix": version("stepmix"), "families": {name: fitted(table, kind) for name, kind in kinds.items()}}
    (OWN / "mixtures_with_gaps.json").write_text(json.dumps(told, indent=1) + "\n", encoding="utf-8")
