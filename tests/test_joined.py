"""Several cohorts as one group."""

import json

import pandas as pd
import pytest

from angle_mort.errors import AngleMortError
from angle_mort.joined import join_cohorts
from angle_mort.profiles import ProfileModel
from angle_mort.shipped import shipped
from tests.cohorts import answers, released
from tests.joined import FEW, WITH_PROFILES, joined_of, model_of


def test_they_hold_everybody_of_its_cohorts():
    joined = joined_of(*WITH_PROFILES)
    together = {leader for cohort in joined.cohorts for leader in cohort.leaders["leader"]}
    assert set(joined.scores["respondent"]) == together and len(together) == 132
    assert not joined.scores.duplicated(["respondent", "scale"]).any()


def test_a_row_that_two_cohorts_share_counts_once(tmp_path):
    first, second = answers(10, seed=1), answers(14, seed=2)
    for name, frame in (("un", first), ("deux", second)):
        released(tmp_path, frame, name=name)
    joined = join_cohorts([tmp_path / "un", tmp_path / "deux"])
    assert len(joined.of("value", "ABC")) == 14
    assert joined.read_profiles().summary.sizes == {}
    assert joined.read_profiles().summary.n == 14


def test_the_scenario_becomes_the_share_who_say_that_everything_stops():
    joined = joined_of(*WITH_PROFILES)
    stops, scenario = joined.outcomes["J"], joined.of("value", ["J"])["J"]
    assert set(stops.dropna()) == {0.0, 100.0}
    assert stops.mean() == pytest.approx(100 * (scenario[scenario.notna()] == 1).mean())
    assert list(joined.outcomes) == ["D1", "D2", "D3", "E", "J"]


def test_few_leaders_are_read_without_a_model_and_stores_nothing(tmp_path):
    seen = []
    reading = joined_of(*FEW).read_profiles(progress=lambda *each: seen.append(each))
    assert reading.found.verdict.code == reading.summary.verdict == "too few"
    assert reading.found.model is None and reading.save(tmp_path / "x.json") is None
    assert not list(tmp_path.iterdir()) and seen == []


@pytest.mark.slow
def test_cohorts_with_profiles_are_read_with_the_errors_of_each_leader_and_their_model_is_stored(tmp_path):
    seen = []
    joined = joined_of(*WITH_PROFILES)
    reading = joined.read_profiles(3, lambda *each: seen.append(each))
    assert reading.summary.verdict == "exploratory profiles" and reading.found.model.k == 3
    assert seen[-1][0] == seen[-1][1] == len(reading.found.comparison)
    stored = ProfileModel.load(reading.save(tmp_path / "x.json"))
    placed = joined.place(stored)
    pd.testing.assert_frame_equal(placed, reading.found.model.people, check_exact=True)
    assert reading.save("") is None


def test_a_new_cohort_is_placed_on_a_stored_model_and_changes_nobody():
    model = ProfileModel.from_json(model_of(*WITH_PROFILES).to_json())
    alone = joined_of("ateliers").place(model).set_index("respondent")
    together = joined_of(*WITH_PROFILES).place(model).set_index("respondent")
    pd.testing.assert_frame_equal(alone, together.loc[alone.index], rtol=1e-12)


def codes_of(ask):
    with pytest.raises(AngleMortError) as caught:
        ask()
    return caught.value.codes


def test_what_is_wrong_is_told_by_a_code(tmp_path):
    released(tmp_path, answers(9), name="vraie")
    assert codes_of(lambda: join_cohorts([])) == ["AM628"]
    assert codes_of(lambda: join_cohorts([tmp_path / "vraie", shipped("demo") / "cohorte"])) == ["AM629"]
    assert codes_of(lambda: join_cohorts([tmp_path / "absente"])) == ["AM601"]
    model = model_of(*WITH_PROFILES)
    other = json.loads(json.dumps(dict(model.card))) | {"instrument": "angle-mort 2.0.0"}
    stranger = ProfileModel(model.mixture, model.refits, other)
    assert codes_of(lambda: joined_of(*FEW).place(stranger)) == ["AM526"]
