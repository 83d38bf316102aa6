"""A model that is fitted once and places people ever after."""

import datetime
import json
from functools import cache

import numpy as np
import pandas as pd
import pytest
from sklearn.metrics import adjusted_rand_score

from angle_mort.errors import AngleMortError
from angle_mort.profiles import ProfileModel, compare_profiles

MEANS = np.array([[30, 30, 30], [72, 45, 45], [45, 75, 72]])
N = 90


@cache
def drawn(n=N, seed=1, spread=7.0):
    """Scores with gaps, their errors, and who is in which profile."""
    rng = np.random.default_rng(seed)
    profile = np.arange(n) % 3
    people = pd.Index([f"L{i}" for i in range(n)])
    errors = rng.choice([6.0, 7.0, 9.0], (n, 3))
    scores = MEANS[profile] + rng.normal(0, spread, (n, 3)) + errors * rng.normal(size=(n, 3))
    scores[rng.random(scores.shape) < 0.05] = np.nan
    return *(pd.DataFrame(each, people, list("ABC")) for each in (scores, errors)), profile


@cache
def fitted(family="EII", k=3, **settings):
    scores, errors, _ = drawn()
    return ProfileModel.fit(scores, errors, family=family, n_components=k, n_init=12, **settings)


def outcomes(seed=3):
    _, _, profile = drawn()
    rng = np.random.default_rng(seed)
    told = {"D1": np.array([40.0, 60, 80])[profile] + rng.normal(0, 5, N), "E": rng.normal(50, 5, N)}
    return pd.DataFrame(told, drawn()[0].index)


def test_memberships_sum_to_one_and_find_the_profiles():
    people = fitted().people
    np.testing.assert_allclose(people[["p1", "p2", "p3"]].sum(axis=1), 1)
    assert (people["probability"] == people[["p1", "p2", "p3"]].max(axis=1)).all()
    assert adjusted_rand_score(drawn()[2], people["profile"]) > 0.85
    assert set(people["reading"]) <= {"profile", "between", "far"}


def test_averaged_memberships_are_less_sure_than_those_of_one_fit():
    scores, errors, _ = drawn()
    model = fitted()
    once = model.mixture.predict_proba(scores, errors).max(axis=1)
    assert model.people["probability"].mean() < once.mean()


def test_a_place_depends_on_that_person_alone():
    """Adding a leader, or a cohort, never re-labels the others."""
    scores, errors, _ = drawn()
    whole = fitted().people
    part = fitted().place(scores.iloc[5:25], errors.iloc[5:25])
    pd.testing.assert_frame_equal(part, whole.iloc[5:25].reset_index(drop=True), rtol=1e-12)
    turned = fitted().place(scores.iloc[::-1][["C", "B", "A"]], errors.iloc[::-1])
    pd.testing.assert_frame_equal(turned, whole.iloc[::-1].reset_index(drop=True), rtol=1e-12)


def test_zero_errors_are_no_errors_and_infinite_ones_are_gaps():
    scores, errors, _ = drawn()
    model = fitted()
    pd.testing.assert_frame_equal(model.place(scores), model.place(scores, errors * 0))
    hidden = np.random.default_rng(0).random(scores.shape) < 0.2
    hidden[0] = True
    gaps, endless = model.place(scores.mask(hidden), errors), model.place(scores, errors.mask(hidden, np.inf))
    pd.testing.assert_frame_equal(gaps, endless)
    assert gaps.loc[0, "reading"] == "unknown" and gaps.loc[0, ["p1", "profile", "typicality"]].isna().all()


def test_a_wide_margin_takes_the_certainty_away():
    one = pd.DataFrame({"A": [40.0], "B": [66.0], "C": [62.0]})
    sure, unsure = (fitted().place(one, one * 0 + error)["probability"].item() for error in (2.0, 40.0))
    assert sure > unsure


@pytest.mark.parametrize(
    ("person", "reading"),
    [((30, 30, 30), "profile"), ((48, 37, 37), "between"), ((99, 2, 99), "far"), ((np.nan,) * 3, "unknown")],
)
def test_what_a_place_reads_as(person, reading):
    placed = fitted().place(pd.DataFrame([person], columns=list("ABC")), pd.DataFrame([[6.0] * 3], columns=list("ABC")))
    assert placed["reading"].item() == reading
    assert placed["typicality"].isna().item() == (reading == "unknown")
    assert (placed["typicality"] < 0.01).item() == (reading == "far")


@pytest.mark.slow
def test_the_refits_are_those_that_judged_how_stable_profiles_are():
    scores = drawn(36)[0].fillna(50.0)
    table = compare_profiles(scores, 3, families=("EII",), measured="verdict")
    model = ProfileModel.fit(scores, family="EII", n_components=3)
    row = table[table["judged"]].iloc[0]
    assert row["n_components"] == 3
    assert model.model["jaccard"].item() == pytest.approx(row["jaccard"], abs=0.0006)
    assert model.model["log_likelihood"].item() == row["log_likelihood"]
    assert model.model["bic"].item() == pytest.approx(row["bic"])
    assert model.model["relative_entropy"].item() == pytest.approx(row["relative_entropy"])


def test_the_frames_are_tidy_and_hold_the_mixture():
    model = fitted()
    assert len(model.profiles) == 9 and len(model.model) == 1 and len(model.people) == N and len(model.scales) == 3
    means = model.profiles.pivot(index="profile", columns="scale", values="mean")
    np.testing.assert_array_equal(means, model.mixture.means_)
    assert (model.profiles["low"] < model.profiles["mean"]).all()
    assert (model.profiles["mean"] < model.profiles["high"]).all()
    assert model.profiles.drop_duplicates("profile")["share"].sum() == pytest.approx(1)
    assert model.scales["separation"].between(0, 1).all()


def test_the_scale_that_separates_is_told_first():
    rng = np.random.default_rng(2)
    scores = pd.DataFrame({"A": rng.normal(50, 8, N), "B": np.repeat([30, 50, 70], N // 3) + rng.normal(0, 4, N)})
    told = ProfileModel.fit(scores, family="EEI", n_components=3, n_init=12).scales
    assert told["scale"].tolist() == ["B", "A"]
    assert told["separation"].iloc[0] > 0.8 and told["separation"].iloc[1] < 0.3


def test_margins_of_positions_shrink_with_people():
    wide = ProfileModel.fit(drawn(36)[0], family="EII", n_components=3, n_init=12).profiles["se"].mean()
    narrow = ProfileModel.fit(drawn(324)[0], family="EII", n_components=3, n_init=12).profiles["se"].mean()
    assert wide == pytest.approx(3 * narrow, rel=0.35)


# ------------------------------------------------------------------------------------------------------- consequences


def test_consequences_are_those_behind_the_scores():
    told = fitted().consequences(outcomes())
    assert told.columns.tolist() == ["profile", "name", "outcome", "n", "mean", "se", "low", "high", "p"]
    assert (told.groupby("outcome")["p"].nunique() == 1).all()
    assert told.set_index("outcome")["p"]["D1"].max() == 1 / 500 < 0.05 < told.set_index("outcome")["p"]["E"].max()
    means = told.pivot(index="profile", columns="outcome", values="mean")
    np.testing.assert_allclose(means["D1"], [40, 60, 80], atol=4)
    np.testing.assert_allclose(means["E"], 50, atol=4)
    assert ((told["low"] < told["mean"]) & (told["mean"] < told["high"])).all()


def test_consequences_follow_people_by_name_and_leave_out_what_is_missing():
    told = outcomes()
    pd.testing.assert_frame_equal(fitted().consequences(told), fitted().consequences(told.iloc[::-1]))
    fewer = fitted().consequences(told.assign(D1=told["D1"].mask(np.arange(N) < 10)))
    assert fewer.groupby("outcome")["n"].first().to_dict() == {"D1": N - 10, "E": N}


# ------------------------------------------------------------------------------------------------------------ storing


@pytest.mark.parametrize("family", ["EII", "VVI", "CCC", "EEE", "VVV"])
def test_a_stored_model_places_to_the_last_bit(tmp_path, family):
    model = fitted(family, 2)
    again = ProfileModel.load(model.save(tmp_path / "sub" / "profils.json"))
    scores, errors, _ = drawn()
    pd.testing.assert_frame_equal(again.place(scores, errors), model.people, check_exact=True)
    pd.testing.assert_frame_equal(again.profiles, model.profiles, check_exact=True)
    pd.testing.assert_frame_equal(again.model, model.model, check_exact=True)
    assert again.to_json() == model.to_json()


def test_a_stored_model_says_what_it_is_and_holds_nobody(tmp_path):
    model = fitted(date=datetime.date(2026, 3, 1), verdict="exploratory profiles")
    text = model.save(tmp_path / "profils.json").read_text(encoding="utf-8")
    stored = json.loads(text)
    for name, value in {
        "instrument": "angle-mort 1.0.0", "n": N, "date": "2026-03-01", "family": "EII", "n_components": 3,
        "prior": "weak", "verdict": "exploratory profiles", "names": list(model.names), "scales": ["A", "B", "C"],
    }.items():  # fmt: skip
        assert stored[name] == value
    assert "L0" not in text and len(stored["refits"]) == 50
    assert all(abs(each - round(each)) > 0 for refit in stored["refits"] for row in refit["means"] for each in row)


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (lambda told: told | {"n": 91}, "AM523"),
        (lambda told: {key: each for key, each in told.items() if key != "digest"}, "AM523"),
        (lambda told: told | {"format": 99}, "AM519"),
        (lambda told: told | {"kind": "recipe"}, "AM519"),
        (lambda told: [told], "AM519"),
    ],
)
def test_a_changed_file_is_refused(tmp_path, change, code):
    path = tmp_path / "profils.json"
    path.write_text(json.dumps(change(fitted().to_json())), encoding="utf-8")
    with pytest.raises(AngleMortError, match=code):
        ProfileModel.load(path)


@pytest.mark.parametrize("content", [b"", b"\x80\x04K\x01.", b"{", b"[" * 100_000])
def test_what_is_no_json_is_refused(tmp_path, content):
    (tmp_path / "x.json").write_bytes(content)
    with pytest.raises(AngleMortError, match="AM519"):
        ProfileModel.load(tmp_path / "x.json")


def codes_of(ask):
    with pytest.raises(AngleMortError) as caught:
        ask()
    return caught.value.codes


def test_what_is_wrong_is_told_by_a_code(tmp_path):
    scores, errors, _ = drawn()
    model, stored = fitted(), ProfileModel.from_json(fitted().to_json())
    assert codes_of(lambda: model.place(scores[["A"]])) == ["AM520"]
    assert codes_of(lambda: model.place(scores.assign(B=np.inf))) == ["AM510"]
    assert codes_of(lambda: model.place(scores, errors.head(3))) == ["AM515"]
    assert codes_of(lambda: model.place(scores, -errors)) == ["AM516"]
    assert codes_of(lambda: stored.people) == ["AM521"]
    assert codes_of(lambda: stored.consequences(outcomes())) == ["AM521"]
    assert codes_of(lambda: model.consequences(outcomes().head(80))) == ["AM522"]
    assert codes_of(lambda: model.consequences(pd.concat([outcomes(), outcomes()]))) == ["AM522"]
    assert codes_of(lambda: ProfileModel.load(tmp_path / "absent.json")) == ["AM524"]
    (tmp_path / "file").touch()
    assert codes_of(lambda: model.save(tmp_path / "file" / "x.json")) == ["AM525"]
    assert codes_of(lambda: ProfileModel.fit(scores.head(2), family="EII", n_components=3)) == ["AM511"]
    assert codes_of(lambda: ProfileModel.fit(scores, family="XYZ", n_components=3)) == ["AM514"]


def test_people_without_any_score_take_no_part_but_stand_in_the_frame():
    scores, _, _ = drawn()
    blank = pd.concat([scores, pd.DataFrame(np.nan, ["empty"], scores.columns)])
    model = ProfileModel.fit(blank, family="EII", n_components=3, n_init=12)
    assert model.card["n"] == N
    assert model.people["reading"].iloc[-1] == "unknown"
    told = model.consequences(pd.concat([outcomes(), pd.DataFrame({"D1": [50.0]}, ["empty"])]))
    assert told.groupby("outcome")["n"].first()["D1"] == N
