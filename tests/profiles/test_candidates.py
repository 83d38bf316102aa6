"""What chance does to a candidate: the bootstrap test keeps its promise where there is one group."""

import numpy as np
import pandas as pd
import pytest

from angle_mort.profiles.candidates import Cohort, bootstrap_ratio, gains

LEAST = 1 / 100  # p of a ratio that no cohort drawn reaches


@pytest.mark.slow
def test_p_is_spread_evenly_where_there_is_one_group():
    """With more care for the real cohort than for those drawn, half of them had p under .2."""
    rng = np.random.default_rng(7)
    found = []
    for seed in range(60):
        cohort = Cohort(pd.DataFrame(rng.normal(50, 15, (60, 4))), None, "weak", 50, seed)
        found.append(bootstrap_ratio(cohort.candidate("VVI", 2), cohort.candidate("VVI", 1)))
    assert 0.4 < np.mean(found) < 0.6
    assert np.mean(np.array(found) <= 0.05) <= 0.12


def test_two_groups_far_apart_are_beyond_chance():
    rng = np.random.default_rng(8)
    scores = pd.DataFrame(rng.normal(0, 9, (50, 3)) + np.repeat([[30], [70]], 25, axis=0))
    cohort = Cohort(scores, None, "weak", 20, 0)
    one, two = (cohort.candidate("EEI", k) for k in (1, 2))
    assert bootstrap_ratio(two, one) == LEAST
    assert gains(two, one)[0] == pytest.approx(two.model.log_likelihood_ - one.model.log_likelihood_, abs=0.01)
