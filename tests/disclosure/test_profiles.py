"""What is told of profiles, and to whom."""

import dataclasses

import pytest

from angle_mort.disclosure.thresholds import POLICY
from angle_mort.errors import AngleMortError
from angle_mort.joined import JoinedCohorts, JoinedReading
from tests.cohorts import answers, released
from tests.joined import FEW, WITH_PROFILES, WITHOUT, joined_of, reading_of

TOLD = ("positions", "scales", "people", "consequences", "sharpness")


@pytest.mark.slow
class TestProfilesThatMayBeTold:
    def test_from_a_hundred_people_on_they_are_for_a_sponsor(self):
        summary = reading_of(*WITH_PROFILES).summary
        assert (summary.n, summary.audience, summary.profiles_for) == (132, "sponsor", "sponsor")
        assert summary.verdict == "exploratory profiles"
        assert all(len(getattr(summary, name)) for name in TOLD)

    def test_below_they_are_the_coachs_alone(self):
        policy = dataclasses.replace(POLICY, rows=133)
        summary = reading_of(*WITH_PROFILES).summarised(policy)
        assert (summary.audience, summary.profiles_for, summary.shared_from) == ("sponsor", "coach", 133)

    def test_a_profile_of_few_people_keeps_all_of_them_from_a_sponsor(self):
        people = reading_of(*WITH_PROFILES).found.model.people
        smallest = int(people["profile"].value_counts().min())
        for needed, audience in ((smallest, "sponsor"), (smallest + 1, "coach")):
            policy = dataclasses.replace(POLICY, spread_group=needed)
            assert reading_of(*WITH_PROFILES).summarised(policy).profiles_for == audience

    def test_numbers_are_round_and_groups_large_enough(self):
        summary = reading_of(*WITH_PROFILES).summary
        for frame in (summary.positions, summary.consequences):
            points = frame[["mean", "low", "high"]].to_numpy()
            assert (points == points.round(0)).all() and points.min() >= 0 and points.max() <= 100
        assert (summary.people["count"] >= 5).all() and summary.people["count"].sum() == 132
        assert (summary.candidates["gap"] == summary.candidates["gap"].round(0)).all()
        assert not any(each.isdigit() and int(each) < 5 for each in summary.candidates["smallest"])

    def test_nobody_is_in_any_frame(self):
        summary = reading_of(*WITH_PROFILES).summary
        ids = set(joined_of(*WITH_PROFILES).scores["respondent"])
        frames = [value for value in vars(summary).values() if hasattr(value, "columns")]
        assert len(frames) == 6
        for frame in frames:
            assert not ids & set(frame.astype(str).to_numpy().ravel())

    def test_outcomes_that_differ_are_marked_for_all_profiles_at_once(self):
        consequences = reading_of(*WITH_PROFILES).summary.consequences
        assert consequences.groupby("outcome")["apart"].nunique().max() == 1

    def test_without_profiles_nothing_is_told_of_any(self):
        summary = reading_of(*WITHOUT).summary
        assert summary.verdict == "one group"
        assert not any(len(getattr(summary, name)) for name in TOLD)
        assert len(summary.candidates) and len(summary.chances)


def test_below_thirty_there_is_no_candidate_and_below_eight_no_group(tmp_path):
    summary = joined_of(*FEW).read_profiles().summary
    assert summary.verdict == "too few" and summary.candidates.empty and summary.chances.empty
    assert summary.sizes == {"demonstration": 24}
    cohort = released(tmp_path, answers(7))
    with pytest.raises(AngleMortError, match="AM605"):
        _ = JoinedCohorts((cohort,)).read_profiles().summary


def test_rows_that_are_no_whole_cohort_are_refused():
    (cohort,) = joined_of(*FEW).cohorts
    part = dataclasses.replace(cohort, tables=dict(cohort.tables) | {"leaders": cohort.leaders.iloc[1:]})
    reading = JoinedReading(JoinedCohorts((part,)), joined_of(*FEW).read_profiles().found)
    with pytest.raises(AngleMortError, match="AM616"):
        _ = reading.summary


def test_one_cohort_keeps_its_seal_and_two_have_one_of_their_own():
    (cohort,) = joined_of(*FEW).cohorts
    assert joined_of(*FEW).read_profiles().summary.seal == cohort.certificate["seal"]
