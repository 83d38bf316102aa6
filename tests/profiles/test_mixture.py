"""The mixture: scikit-learn's contract, likelihood with gaps and errors, and what it refuses."""

import json

import numpy as np
import pandas as pd
import pytest
from scipy.stats import multivariate_normal
from sklearn.metrics import adjusted_rand_score
from sklearn.mixture import GaussianMixture
from sklearn.utils.estimator_checks import estimator_checks_generator

from angle_mort.errors import AngleMortError
from angle_mort.profiles.families import FAMILIES
from angle_mort.profiles.mixture import ProfileMixture

MEANS = np.array([[30, 30, 30], [70, 45, 45], [45, 75, 65]])


def drawn(n=150, missing=0.0, seed=1, spread=9.0):
    rng = np.random.default_rng(seed)
    profile = rng.integers(0, 3, n)
    scores = MEANS[profile] + rng.normal(0, spread, (n, 3))
    scores[rng.random(scores.shape) < missing] = np.nan
    return pd.DataFrame(scores, columns=list("ABC")), profile


def margins(seed=2, n=150):
    return np.random.default_rng(seed).uniform(3, 9, (n, 3))


def contract():
    """The whole check list of scikit-learn, but for the array API, which the estimator does not claim."""
    for mixture in (ProfileMixture(), ProfileMixture(2, tol=1.0, random_state=0)):
        for estimator, check in estimator_checks_generator(mixture):
            name = getattr(check, "func", check).__name__
            if not name.startswith("check_array_api"):
                yield pytest.param(estimator, check, id=f"{mixture.n_components}-{name}")


@pytest.mark.parametrize(("estimator", "check"), list(contract()))
def test_scikit_learn_contract(estimator, check):
    check(estimator)


@pytest.mark.parametrize("missing", [0.0, 0.1])
def test_known_profiles_are_recovered_in_their_order(missing):
    scores, profile = drawn(300, missing)
    mixture = ProfileMixture(3, random_state=0).fit(scores)
    assert mixture.converged_ and mixture.n_replicated_ > 1
    np.testing.assert_allclose(mixture.means_, MEANS, atol=4)
    assert adjusted_rand_score(profile, mixture.predict(scores)) > 0.85


@pytest.mark.parametrize("family", FAMILIES)
@pytest.mark.parametrize("prior", ["weak", None])
@pytest.mark.parametrize("errors", [None, margins(n=60)])
def test_the_objective_never_falls(family, prior, errors):
    scores, _ = drawn(60, missing=0.1)
    mixture = ProfileMixture(3, family, prior, n_init=10, random_state=0).fit(scores, standard_errors=errors)
    steps = np.diff(mixture.objective_history_)
    assert len(steps) > 3
    assert steps.min() >= -1e-9 * abs(mixture.objective_history_[-1])


def test_rounding_leaves_no_covariance_askew():
    """Where it did, nearly flat covariances grew more askew from step to step, until the objective fell."""
    scores, _ = drawn(60, missing=0.12)
    mixture = ProfileMixture(3, "VVV", None, n_init=10, random_state=0).fit(scores, standard_errors=margins(n=60))
    np.testing.assert_array_equal(mixture.covariances_, np.swapaxes(mixture.covariances_, 1, 2))


@pytest.mark.parametrize("family", FAMILIES)
def test_log_likelihood_is_that_of_the_observed_scores(family):
    scores, _ = drawn(60, missing=0.15)
    errors = margins(n=60)
    mixture = ProfileMixture(2, family, n_init=10, random_state=0).fit(scores, standard_errors=errors)
    expected = by_hand(mixture, scores.to_numpy(), errors)
    np.testing.assert_allclose(mixture.score_samples(scores, errors), expected, rtol=1e-7, atol=1e-12)
    assert mixture.log_likelihood_ == pytest.approx(mixture.score(scores, standard_errors=errors) * len(scores))


def by_hand(mixture, scores, errors):
    logs = []
    for row, error in zip(scores, errors, strict=True):
        seen = ~np.isnan(row)
        density = sum(
            weight * multivariate_normal.pdf(row[seen], mean[seen], (own + np.diag(error**2))[np.ix_(seen, seen)])
            for weight, mean, own in zip(mixture.weights_, mixture.means_, mixture.covariances_, strict=True)
            if seen.any()
        )
        logs.append(np.log(density) if seen.any() else 0.0)
    return logs


@pytest.mark.parametrize(("family", "peer"), [("VVI", "diag"), ("EEE", "tied"), ("VVV", "full"), ("VII", "spherical")])
def test_same_solution_as_scikit_learn_without_gaps_and_prior(family, peer):
    scores, _ = drawn(200)
    mine = ProfileMixture(3, family, prior=None, random_state=0).fit(scores)
    theirs = GaussianMixture(3, covariance_type=peer, reg_covar=0, tol=1e-10, max_iter=2000, n_init=5, random_state=0)
    theirs.fit(scores.to_numpy())
    assert mine.score(scores) == pytest.approx(theirs.score(scores.to_numpy()), rel=1e-6)
    assert mine.bic(scores) == pytest.approx(theirs.bic(scores.to_numpy()), rel=1e-6)


def test_one_component_without_gaps_is_the_sample_covariance():
    scores, _ = drawn()
    mixture = ProfileMixture(1, "VVV", prior=None).fit(scores)
    np.testing.assert_allclose(mixture.means_[0], scores.mean())
    np.testing.assert_allclose(mixture.covariances_[0], scores.cov(ddof=0))


def test_zero_errors_are_no_errors_and_infinite_ones_are_gaps():
    scores, _ = drawn(missing=0.05)
    none = ProfileMixture(3, random_state=0).fit(scores)
    zero = ProfileMixture(3, random_state=0).fit(scores, standard_errors=np.zeros(scores.shape))
    np.testing.assert_array_equal(none.means_, zero.means_)
    hidden = np.random.default_rng(3).random(scores.shape) < 0.1
    gaps = ProfileMixture(3, random_state=0).fit(scores.mask(hidden))
    endless = ProfileMixture(3, random_state=0).fit(scores, standard_errors=np.where(hidden, np.inf, np.nan))
    np.testing.assert_array_equal(gaps.means_, endless.means_)
    np.testing.assert_array_equal(
        gaps.predict_proba(scores.mask(hidden)), endless.predict_proba(scores, np.where(hidden, np.inf, 0))
    )


def test_errors_are_taken_out_of_the_covariance():
    rng = np.random.default_rng(6)
    errors = rng.uniform(5, 20, (2000, 2))
    scores = rng.normal(50, 10, (2000, 2)) + errors * rng.normal(size=errors.shape)
    mixture = ProfileMixture(1, "VVI").fit(scores, standard_errors=errors)
    np.testing.assert_allclose(np.diag(mixture.covariances_[0]), 100, rtol=0.15)


def test_columns_of_errors_follow_the_names():
    scores, _ = drawn()
    errors = pd.DataFrame(margins(), columns=list("ABC"))
    straight = ProfileMixture(2, random_state=0).fit(scores, standard_errors=errors)
    turned = ProfileMixture(2, random_state=0).fit(scores, standard_errors=errors[["C", "A", "B"]])
    np.testing.assert_array_equal(straight.means_, turned.means_)


def test_someone_without_any_score_gets_the_weights():
    scores, _ = drawn()
    with_blank = pd.concat([scores, pd.DataFrame({"A": [np.nan], "B": np.nan, "C": np.nan})], ignore_index=True)
    mixture = ProfileMixture(3, random_state=0).fit(with_blank)
    assert mixture.n_respondents_ == len(scores)
    np.testing.assert_allclose(mixture.predict_proba(with_blank)[-1], mixture.weights_)
    np.testing.assert_allclose(mixture.means_, ProfileMixture(3, random_state=0).fit(scores).means_, atol=0.05)


@pytest.mark.parametrize("family", ["VVI", "VVV"])
def test_nobody_with_a_score_is_no_failure(family):
    scores, _ = drawn()
    mixture = ProfileMixture(3, family, random_state=0).fit(scores)
    np.testing.assert_allclose(mixture.predict_proba(scores.head(2) * np.nan), np.tile(mixture.weights_, (2, 1)))


def test_criteria_are_smaller_when_better_and_icl_asks_more():
    scores, _ = drawn()
    one, three = (ProfileMixture(k, "EEI", random_state=0).fit(scores) for k in (1, 3))
    assert one.n_parameters_ == 6
    assert one.bic(scores) == pytest.approx(-2 * one.log_likelihood_ + 6 * np.log(150))
    assert one.aic3(scores) == pytest.approx(-2 * one.log_likelihood_ + 18)
    assert three.bic(scores) < one.bic(scores)
    assert three.icl(scores) > three.bic(scores)
    assert one.icl(scores) == pytest.approx(one.bic(scores))


def test_the_prior_keeps_repeated_answers_from_making_a_spike():
    scores = np.vstack([np.full((6, 2), 50.0), np.random.default_rng(0).normal(50, 15, (40, 2))])
    weak = ProfileMixture(3, "VVV", random_state=0).fit(scores)
    spread = scores.var(axis=0).min()
    assert np.linalg.eigvalsh(weak.covariances_).min() >= 0.001 * spread / len(scores)
    with pytest.raises(AngleMortError, match="AM518"):
        ProfileMixture(1, "VVV", prior=None).fit(np.column_stack([np.arange(20.0)] * 2))


def test_the_prior_is_relative_to_each_variable():
    scores, _ = drawn()
    units = np.array([1.0, 1000.0, 0.001])
    mine = ProfileMixture(2, "VVV", random_state=0).fit(scores)
    theirs = ProfileMixture(2, "VVV", random_state=0).fit(scores * units)
    np.testing.assert_allclose(mine.predict_proba(scores), theirs.predict_proba(scores * units), atol=1e-6)


def test_the_same_seed_gives_the_same_model_and_json_keeps_it():
    scores, _ = drawn(missing=0.1)
    one, other = (ProfileMixture(3, random_state=7).fit(scores) for _ in range(2))
    np.testing.assert_array_equal(one.covariances_, other.covariances_)
    again = ProfileMixture.from_json(json.loads(json.dumps(one.to_json())))
    np.testing.assert_array_equal(again.predict_proba(scores), one.predict_proba(scores))
    assert again.to_json() == one.to_json()


@pytest.mark.parametrize("stored", [{}, {"format": 1, "model": "ProfileMixture", "settings": {}}, {"format": 99}])
def test_a_stored_model_of_another_kind_is_refused(stored):
    with pytest.raises(AngleMortError, match="AM519"):
        ProfileMixture.from_json(stored)


def test_memberships_come_as_the_frame_that_set_output_asks_for():
    scores, _ = drawn()
    mixture = ProfileMixture(3, n_init=10, random_state=0).set_output(transform="pandas").fit(scores)
    memberships = mixture.transform(scores)
    assert memberships.columns.tolist() == ["profilemixture0", "profilemixture1", "profilemixture2"]
    np.testing.assert_array_equal(memberships, mixture.predict_proba(scores))


def test_order_of_people_and_scales_changes_nothing():
    scores, _ = drawn(missing=0.1)
    turned = scores.sample(frac=1, random_state=3)[["C", "A", "B"]]
    one, other = (ProfileMixture(3, n_init=10, random_state=7).fit(each) for each in (scores, turned))
    assert other.log_likelihood_ == pytest.approx(one.log_likelihood_, rel=1e-9)
    np.testing.assert_allclose(other.means_[:, [1, 2, 0]], one.means_, rtol=1e-9)
    again = pd.DataFrame(other.predict_proba(turned), turned.index).loc[scores.index]
    np.testing.assert_allclose(again, one.predict_proba(scores), atol=1e-9)


def test_twice_the_same_people_are_people_that_count_twice():
    scores, _ = drawn(60, missing=0.1)
    settings = {"n_components": 2, "n_init": 10, "tol": 1e-8, "random_state": 0}
    twice = ProfileMixture(**settings).fit(pd.concat([scores, scores]))
    weighted = ProfileMixture(**settings).fit(scores, sample_weight=np.full(60, 2.0))
    assert twice.log_likelihood_ == pytest.approx(weighted.log_likelihood_, abs=1e-6)
    np.testing.assert_allclose(twice.means_, weighted.means_, atol=1e-3)


@pytest.mark.parametrize("wider", ["VII", "EEI", "EEI VVI", "EEE", "EEE VVV"])
def test_a_wider_family_is_never_less_likely(wider):
    scores, _ = drawn(80, missing=0.1)
    path = ["EII", *wider.split()]
    likelihoods = [
        ProfileMixture(2, name, None, n_init=40, random_state=0).fit(scores).log_likelihood_ for name in path
    ]
    assert np.diff(likelihoods).min() >= -1e-3


def test_sample_draws_from_the_profiles():
    scores, _ = drawn(300)
    mixture = ProfileMixture(3, "VVV", random_state=0).fit(scores)
    people, profile = mixture.sample(20_000, random_state=1)
    np.testing.assert_allclose(np.bincount(profile) / 20_000, mixture.weights_, atol=0.02)
    np.testing.assert_allclose(people[profile == 1].mean(axis=0), mixture.means_[1], atol=0.5)
    np.testing.assert_allclose(np.cov(people[profile == 1].T), mixture.covariances_[1], atol=6)


def test_what_did_not_converge_is_not_shown():
    scores, _ = drawn(spread=25)
    mixture = ProfileMixture(3, max_iter=2, tol=1e-12, random_state=0).fit(scores)
    assert not mixture.converged_
    for ask in (mixture.predict, mixture.predict_proba, mixture.score, mixture.bic):
        with pytest.raises(AngleMortError, match="AM517"):
            ask(scores)


@pytest.mark.parametrize(
    ("settings", "change", "code"),
    [
        ({}, lambda s: s.assign(B=np.inf), "AM510"),
        ({"n_components": 6}, lambda s: s.head(5), "AM511"),
        ({}, lambda s: s.head(1), "AM511"),
        ({}, lambda s: s * np.nan, "AM511"),
        ({}, lambda s: s.assign(B=np.nan), "AM512"),
        ({}, lambda s: s.assign(B=50.0), "AM513"),
        ({"covariance": "XYZ"}, lambda s: s, "AM514"),
        ({"prior": "strong"}, lambda s: s, "AM514"),
        ({"n_components": 0}, lambda s: s, "AM514"),
        ({"n_init": 2.5}, lambda s: s, "AM514"),
        ({"tol": 0}, lambda s: s, "AM514"),
    ],
)
def test_what_is_wrong_is_told_by_a_code(settings, change, code):
    with pytest.raises(AngleMortError) as caught:
        ProfileMixture(**settings).fit(change(drawn()[0]))
    assert caught.value.codes == [code]
    assert "{" not in str(caught.value)


@pytest.mark.parametrize(
    ("errors", "code"), [(np.ones((3, 3)), "AM515"), (-np.ones((150, 3)), "AM516"), ([["x"] * 3] * 150, "AM516")]
)
def test_wrong_standard_errors_have_a_code(errors, code):
    with pytest.raises(AngleMortError, match=code):
        ProfileMixture().fit(drawn()[0], standard_errors=errors)


def test_several_wrong_things_are_told_at_once():
    with pytest.raises(AngleMortError) as caught:
        ProfileMixture(0, "XYZ", "strong").fit(drawn()[0])
    assert len(caught.value.problems) == 3
