"""scikit-learn and StepMix at work, for ``profiles_speed.py``, each in an environment of its own.

Started with the name of a peer; reads one job per line, ``job table.csv tolerance``, and answers with one line of JSON:
``seconds`` of the processor and the ``values`` found. ``table.csv`` holds people x scales, an empty field = missing.
"""

import contextlib
import io
import json
import sys
import time
import warnings

import numpy as np

MOST, STARTS, RESAMPLES, TESTS = 6, 20, 99, 3


def scikit_learn(job, scores, tol):
    from sklearn.mixture import GaussianMixture

    assert job == "path"
    models = (
        GaussianMixture(k, covariance_type="diag", n_init=STARTS, tol=tol, max_iter=1000, random_state=0)
        for k in range(1, MOST + 1)
    )
    return [model.fit(scores).score(scores) * len(scores) for model in models]


def stepmix(job, scores, tol):
    from stepmix import StepMix
    from stepmix.bootstrap import blrt_sweep

    measurement = "gaussian_diag_nan" if np.isnan(scores).any() else "gaussian_diag"
    settings = {"measurement": measurement, "progress_bar": 0, "max_iter": 1000, "random_state": 0, "rel_tol": tol}
    if job == "test":
        model = StepMix(1, n_init=1, **settings)
        return blrt_sweep(model, scores, low=1, high=1 + TESTS, n_repetitions=RESAMPLES, verbose=False)["p"].tolist()
    models = (StepMix(k, n_init=STARTS, **settings) for k in range(1, MOST + 1))
    return [model.fit(scores).score(scores) * len(scores) for model in models]


def main(peer):
    peer = {"scikit-learn": scikit_learn, "stepmix": stepmix}[peer]
    for line in sys.stdin:
        job, table, tol = line.split()
        scores = np.genfromtxt(table, delimiter=",", skip_header=1)
        with warnings.catch_warnings(), contextlib.redirect_stdout(io.StringIO()):
            warnings.simplefilter("ignore")
            with contextlib.redirect_stderr(io.StringIO()):
                start = time.process_time()
                values = peer(job, scores, float(tol))
                seconds = time.process_time() - start
        print(json.dumps({"seconds": seconds, "values": values}), flush=True)


if __name__ == "__main__":
    main(sys.argv[1])
