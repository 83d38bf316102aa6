"""Slopes, intervals and sizes against what R gives for the same figures."""

import json
import subprocess

import numpy as np
import pandas as pd
import pytest

from angle_mort.roadmap import against_waiting_list, people_needed, programme_effect, slopes

PROGRAM = """
library(jsonlite)
given <- fromJSON(readLines(file("stdin"), warn = FALSE))
fits <- lapply(seq_len(nrow(given$values)), function(i) {
  fit <- lm(given$values[i, ] ~ given$times, weights = 1 / given$errors[i, ]^2)
  told <- summary(fit)
  misfit <- pchisq(sum(told$residuals^2), fit$df.residual, lower = FALSE)
  c(coef(fit)[[2]], told$coefficients[2, 2] / told$sigma, misfit)
})
one <- t.test(given$own, conf.level = 0.9)
two <- t.test(given$own, given$waiting, conf.level = 0.9)
size <- function(delta, type)
  power.t.test(delta = delta, sd = 15, sig.level = 0.1, power = 0.8, type = type, strict = TRUE)$n
told <- list(slopes = do.call(rbind, fits), one = c(one$estimate, one$conf.int), two = as.numeric(two$conf.int),
  alone = sapply(c(3, 5, 8, 10, 20), size, "one.sample"), each = sapply(c(3, 5, 8, 10, 20), size, "two.sample"))
cat(toJSON(told, digits = 12))
"""


@pytest.fixture(scope="module")
def given():
    draw = np.random.default_rng(11)
    return {
        "times": [0.0, 3.0, 7.0, 12.0],
        "values": draw.uniform(10, 90, (6, 4)).tolist(),
        "errors": draw.uniform(3, 14, (6, 4)).tolist(),
        "own": draw.normal(-6, 13, 17).tolist(),
        "waiting": draw.normal(-2, 9, 11).tolist(),
    }


@pytest.fixture(scope="module")
def r(given):
    told = subprocess.run(["Rscript", "-e", PROGRAM], input=json.dumps(given) + "\n", capture_output=True, text=True)
    assert told.returncode == 0, told.stderr
    return json.loads(told.stdout)


@pytest.mark.needs("R")
def test_slopes_are_those_of_lm_with_weights_when_errors_are_known(given, r):
    names = [f"T{place}" for place in range(4)]
    blocks = [
        pd.DataFrame({"wave": names, "value": values, "se_measurement": errors, "person": person, "scale": "A"})
        for person, (values, errors) in enumerate(zip(given["values"], given["errors"], strict=True))
    ]
    ours = slopes(pd.concat(blocks), dict(zip(names, given["times"], strict=True)))
    assert ours[["slope", "se", "p_line"]].to_numpy() == pytest.approx(np.array(r["slopes"]), rel=1e-8)


@pytest.mark.needs("R")
def test_before_and_after_is_the_t_test_and_the_waiting_list_is_welchs(given, r):
    own, waiting = (pd.DataFrame({"scale": "A", "difference": given[name]}) for name in ("own", "waiting"))
    assert programme_effect(own)[["mean", "low", "high"]].iloc[0].tolist() == pytest.approx(r["one"], rel=1e-9)
    assert against_waiting_list(own, waiting)[["low", "high"]].iloc[0].tolist() == pytest.approx(r["two"], rel=1e-9)


@pytest.mark.needs("R")
def test_the_people_needed_are_those_of_power_t_test_rounded_up(r):
    for groups, name in ((1, "alone"), (2, "each")):
        ours = [people_needed(each, 15, groups) for each in (3, 5, 8, 10, 20)]
        assert ours == np.ceil(r[name]).astype(int).tolist()
