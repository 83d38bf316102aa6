"""StepMix on one cohort per line, as ``mclust_lines.R`` says; run by a Python that has StepMix, which is no dependency.

All rows, gaps by full information: spheres and diagonals, the lowest BIC of both.
"""

import json
import sys
import warnings

import numpy as np
from stepmix import StepMix

FAMILIES = ("gaussian_spherical_nan", "gaussian_diag_nan")
STARTS, TOLERANCE, MOST_STEPS = 3, 1e-6, 300


def fit(scores, k, family, seed):
    model = StepMix(
        k,
        measurement=family,
        n_init=STARTS,
        rel_tol=TOLERANCE,
        max_iter=MOST_STEPS,
        random_state=seed,
        progress_bar=0,
        verbose=0,
    ).fit(scores)
    memberships = model.predict_proba(scores)
    bic = model.bic(scores)
    if not (np.isfinite(bic) and np.isfinite(memberships).all()):
        raise ValueError("not a number")
    variances = model.get_parameters()["measurement"]["covariances"]
    covariances = [np.diag(each).tolist() for each in variances]
    return bic, {"k": k, "memberships": memberships.round(8).tolist(), "covariances": covariances}


def lowest(fits):
    """The fit of lowest BIC among those that came to an end."""
    told, reason = [], "nothing to fit"
    for each in fits:
        try:
            told.append(each())
        except Exception as error:  # a peer may fail in any way: it is counted, not hidden
            reason = f"{type(error).__name__}: {error}"
    return min(told, key=lambda one: one[0])[1] if told else {"error": reason}


def main():
    warnings.simplefilter("ignore")
    for line in sys.stdin:
        asked = json.loads(line)
        scores = np.array(asked["scores"], dtype=float)

        def fits(numbers, scores=scores, seed=asked["seed"]):
            return [lambda k=k, f=f: fit(scores, k, f, seed) for f in FAMILIES for k in numbers]

        answer = {"people": list(range(len(scores))), "chosen": lowest(fits(range(1, asked["most"] + 1)))}
        if asked["given"]:
            answer["given"] = lowest(fits([asked["given"]]))
        print(json.dumps(answer), flush=True)


if __name__ == "__main__":
    main()
