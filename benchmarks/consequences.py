"""What goes with a profile: how near the corrected means come, how often margins hold, and how often nothing is told.

    OMP_NUM_THREADS=1 python -m benchmarks.consequences [--cohorts 40] [--row N SEPARATION]

Three invented profiles on four scales whose errors are half a standard deviation; one outcome differs between them (40,
50, 60), five do not. The table of decisions/0024-profiles-told.md.
"""

from __future__ import annotations

import argparse

import numpy as np
import pandas as pd
from scipy.optimize import linear_sum_assignment
from scipy.stats import chi2

from angle_mort.margins import half_width
from angle_mort.profiles import ProfileModel
from angle_mort.profiles.consequences import _difference, corrected_means, corrected_weights, sandwich
from angle_mort.profiles.evidence import Parameters
from angle_mort.profiles.model import _robust_spread
from benchmarks.tables import markdown

ROWS = ((60, 1.6), (60, 2.4), (120, 2.0), (300, 1.6), (300, 2.4))
SHARES = (0.4, 0.35, 0.25)
LEVELS = np.array([[0, 0, 0, 0], [1, 1, 0, 0], [0, 0, 1, 1]])
SPREAD, ERROR = 12.0, 6.0  # of positions in a profile, and of a score: points
OUTCOME, OUTCOME_SPREAD, ALIKE = np.array([40.0, 50.0, 60.0]), 15.0, 5
SEED, REACH = 20262, half_width(0.90)
FALSE = 0.10  # of all outcomes together, as the page shares it out


def cohort(n: int, separation: float, random: np.random.Generator) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Scores (n x 4) and outcomes (n x 6: the first differs)."""
    types = random.choice(3, n, p=SHARES)
    centre = 30 + SPREAD * separation * LEVELS[types]
    scores = centre + random.normal(0, np.hypot(SPREAD, ERROR), (n, 4))
    outcomes = random.normal(0, OUTCOME_SPREAD, (n, 1 + ALIKE)) + 50
    outcomes[:, 0] += OUTCOME[types] - 50
    return pd.DataFrame(scores, columns=list("ABCD")), pd.DataFrame(outcomes).add_prefix("y")


def found(n: int, separation: float, seed: int) -> dict[str, float]:
    """One cohort: errors of the three means, what margins held them, and the tests of outcomes that do not differ."""
    random = np.random.default_rng([SEED, n, round(10 * separation), seed])
    scores, outcomes = cohort(n, separation, random)
    model = ProfileModel.fit(scores, scores * 0 + ERROR, family="EII", n_components=3, random_state=seed)
    true = 30 + SPREAD * separation * LEVELS
    distance = ((model.mixture.means_[:, None] - true) ** 2).sum(axis=-1)
    truth = OUTCOME[linear_sum_assignment(distance)[1]]
    outcome, kept = outcomes["y0"].to_numpy(), np.ones(n, dtype=bool)
    one = model._corrected(Parameters(*(each[None] for each in model.best)), np.ones((1, n)), kept)[0]
    many = model._corrected(model.refits, model._fitted().weights, kept)
    averaged = corrected_weights(model.people[["p1", "p2", "p3"]].to_numpy(), np.ones(n))
    placed = (model.people[["profile"]].to_numpy(dtype=int) == [1, 2, 3]) * 1.0
    alone = np.sqrt(np.diag(sandwich(one, outcome)))
    refitted = _robust_spread(np.array([corrected_means(each, outcome) for each in many]))
    off = np.abs(corrected_means(one, outcome) - truth)
    with np.errstate(invalid="ignore"):  # where nobody is placed, no margin holds
        plain, off_plain = np.sqrt(np.diag(sandwich(placed, outcome))), np.abs(corrected_means(placed, outcome) - truth)
    p = model.consequences(outcomes).groupby("outcome")["p"].first()
    alike = [name for name in outcomes if name != "y0"]
    wald = np.array([chi2.sf(_difference(one, outcomes[name].to_numpy()), 2) for name in alike])
    return {
        "sandwich": (off <= REACH * alone).mean(),
        "refits": (off <= REACH * refitted).mean(),
        "the larger (told)": (off <= REACH * np.maximum(alone, refitted)).mean(),
        "no correction": (off_plain <= REACH * plain).mean(),
        "squared": (off**2).mean(),
        "squared, averaged": ((corrected_means(averaged, outcome) - truth) ** 2).mean(),
        "p < .10": (p[alike] < FALSE).mean(),
        "p < .10, chi-square": (wald < FALSE).mean(),
        "any told": (p[alike] < FALSE / ALIKE).any(),
        "any told, chi-square": (wald < FALSE / ALIKE).any(),
        "difference told": p["y0"] < FALSE / ALIKE,
    }


def row(n: int, separation: float, cohorts: int) -> dict[str, float]:
    means = pd.DataFrame(found(n, separation, seed) for seed in range(cohorts)).astype(float).mean()
    errors = {f"RMSE{name[7:]}": np.sqrt(means.pop(name)) for name in ("squared", "squared, averaged")}
    return {"n": n, "separation": separation, "cohorts": cohorts} | (means.to_dict() | errors)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--cohorts", type=int, default=40)
    parser.add_argument("--row", nargs=2, type=float, action="append", metavar=("N", "SEPARATION"))
    asked = parser.parse_args()
    rows = [(int(n), separation) for n, separation in asked.row or ROWS]
    print(markdown(pd.DataFrame(row(*each, asked.cohorts) for each in rows).round(3).astype(str)))


if __name__ == "__main__":
    main()
