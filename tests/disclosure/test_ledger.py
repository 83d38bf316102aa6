"""The ledger of what was shared: what it lets through, what it refuses, and what it notices of its own file."""

import datetime
import json

import pytest

from angle_mort.disclosure import Figure, Ledger, SharedPage, of_everybody
from angle_mort.disclosure.summary import COUNTS
from angle_mort.disclosure.thresholds import Policy
from angle_mort.errors import AngleMortError

DAY = datetime.date(2026, 11, 25)


@pytest.fixture
def ledger(tmp_path):
    made = Ledger.beside(tmp_path / "data" / "cohorts" / "c")
    made.begin()
    return made


def people(*numbers):
    return [f"p{number:02}" for number in numbers]


def enter(ledger, seal, persons, answers=None):
    """A release of these people; its row ids are random, as those of every release."""
    answers = answers or [f"answers of {person}" for person in persons]
    ledger.enter(f"cohort {seal}", seal, list(zip(persons, answers, strict=True)))
    return [f"{seal}-{place}" for place in range(len(persons))]


def share(ledger, seal, rows, **figures):
    """A page of this release: who is in it, and the rows behind each further measure."""
    told = [*of_everybody(rows), Figure("A", frozenset(rows))]
    told += [Figure(measure, frozenset(rows[place] for place in places)) for measure, places in figures.items()]
    return ledger.share(SharedPage(f"cohort {seal}", DAY, {seal: rows}, told))


def refused(code, call, *words, **more):
    with pytest.raises(AngleMortError) as error:
        call(*words, **more)
    assert error.value.codes[0] == code
    return error.value.problems[0].fields


TWELVE = people(*range(12))


def test_twelve_then_eleven_is_refused_and_says_of_how_many_and_beside_what(ledger):
    assert share(ledger, "s1", enter(ledger, "s1", TWELVE))
    fields = refused("AM634", share, ledger, "s2", enter(ledger, "s2", TWELVE[:-1]))
    assert (fields["n"], fields["minimum"], fields["earlier"]) == (1, 5, "cohort s1")


def test_the_very_same_page_is_no_new_figure(ledger):
    rows = enter(ledger, "s1", TWELVE)
    assert share(ledger, "s1", rows)
    before = ledger.path.read_bytes()
    assert not share(ledger, "s1", rows)
    assert ledger.path.read_bytes() == before
    again = enter(ledger, "s2", TWELVE[::-1])
    assert not share(ledger, "s2", again)


@pytest.mark.parametrize(
    ("leave", "join", "passes"), [(5, 0, True), (4, 0, False), (0, 4, False), (0, 5, True), (4, 4, True), (2, 2, False)]
)
def test_a_group_may_differ_by_the_minimum_or_not_at_all(ledger, leave, join, passes):
    share(ledger, "s1", enter(ledger, "s1", people(*range(20))))
    rows = enter(ledger, "s2", people(*range(leave, 20 + join)))
    if passes:
        assert share(ledger, "s2", rows)
    else:
        refused("AM634", share, ledger, "s2", rows)


def test_three_pages_that_are_harmless_two_by_two_may_not_be_so_together(ledger):
    for seal, who in {"s1": range(20), "s2": range(10)}.items():
        share(ledger, seal, enter(ledger, seal, people(*who)))
    fields = refused("AM634", share, ledger, "s3", enter(ledger, "s3", people(*range(11, 20))))
    assert fields["n"] == 1


def test_other_people_are_no_matter(ledger):
    share(ledger, "s1", enter(ledger, "s1", TWELVE))
    assert share(ledger, "s2", enter(ledger, "s2", people(*range(20, 31))))


def test_a_new_wave_of_the_same_people_passes_and_one_with_a_leader_fewer_does_not(ledger):
    share(ledger, "s1", enter(ledger, "s1", TWELVE))
    later = [f"answers of {person} in June" for person in TWELVE]
    assert share(ledger, "s2", enter(ledger, "s2", TWELVE, later))
    refused("AM634", share, ledger, "s3", enter(ledger, "s3", TWELVE[1:], later[1:]))


def test_one_corrected_answer_is_a_difference_of_one_person(ledger):
    share(ledger, "s1", enter(ledger, "s1", TWELVE))
    corrected = ["other answers", *(f"answers of {person}" for person in TWELVE[1:])]
    assert refused("AM634", share, ledger, "s2", enter(ledger, "s2", TWELVE, corrected))["n"] == 1


def test_people_without_name_or_address_are_known_by_their_answers(ledger):
    answers = [f"answers of {person}" for person in TWELVE]
    share(ledger, "s1", enter(ledger, "s1", TWELVE, answers))
    assert refused("AM634", share, ledger, "s2", enter(ledger, "s2", answers[1:], answers[1:]))["n"] == 1


def test_who_answered_one_measure_may_not_differ_by_a_few_though_the_cohorts_may(ledger):
    share(ledger, "s1", enter(ledger, "s1", people(*range(20))), D2=range(18))
    rows = enter(ledger, "s2", people(*range(25)))
    assert refused("AM634", share, ledger, "s2", rows, D2=range(20))["n"] == 2
    assert share(ledger, "s2", rows, D2=[*range(18), *range(20, 25)])


def split(seal, rows, *sizes):
    """A page that tells how many people are in the first rows, and in the others."""
    groups = [Figure(COUNTS, frozenset(part)) for size in sizes for part in (rows[:size], rows[size:])]
    return SharedPage(f"cohort {seal}", DAY, {seal: rows}, [*of_everybody(rows), *groups])


def test_groups_of_splits_are_audited_together(ledger):
    rows = enter(ledger, "s1", people(*range(20)))
    assert refused("AM634", ledger.share, split("s1", rows, 9, 11))["n"] == 2
    assert ledger.share(split("s1", rows, 9))


@pytest.mark.parametrize("newcomers", [5, 10])
def test_a_split_is_not_told_again_of_some_more_people_whatever_their_groups(ledger, newcomers):
    assert ledger.share(split("s1", enter(ledger, "s1", people(*range(20))), 10))
    rows = enter(ledger, "s2", people(*range(20 + newcomers)))
    assert ledger.refused(split("s2", rows, 10)) == {COUNTS: 1}
    others = enter(ledger, "s3", people(*range(40, 60)))
    assert ledger.refused(split("s3", others, 10)) == {}
    assert share(ledger, "s2", rows)


def test_a_refused_page_leaves_no_line(ledger):
    share(ledger, "s1", enter(ledger, "s1", TWELVE))
    rows = enter(ledger, "s2", TWELVE[1:])
    before = ledger.path.read_bytes()
    refused("AM634", share, ledger, "s2", rows)
    refused("AM634", ledger.refuse, SharedPage("c", DAY, {"s2": rows}, of_everybody(rows)))
    assert ledger.path.read_bytes() == before


def test_without_a_ledger_or_for_an_unknown_release_nothing_is_shared(tmp_path, ledger):
    refused("AM635", share, ledger, "unknown", people(1))
    other = Ledger.beside(tmp_path / "elsewhere" / "cohorts" / "c")
    refused("AM630", share, other, "s1", people(1))
    assert not other.path.exists()


# ------------------------------------------------------------------------------------------------------- on the disk


@pytest.fixture
def written(ledger):
    for seal, who in {"s1": range(12), "s2": range(20, 32), "s3": range(40, 52)}.items():
        share(ledger, seal, enter(ledger, seal, people(*who)))
    return ledger


def lines(ledger):
    return ledger.path.read_bytes().splitlines(keepends=True)


@pytest.mark.parametrize("place", range(7))
def test_a_removed_line_is_seen(written, place):
    kept = lines(written)
    assert len(kept) == 7
    written.path.write_bytes(b"".join(kept[:place] + kept[place + 1 :]))
    refused("AM631", enter, written, "s4", TWELVE)


@pytest.mark.parametrize("place", range(7))
def test_a_changed_line_is_seen(written, place):
    kept = lines(written)
    told = json.loads(kept[place])
    key = "day" if told["kind"] == "page" else "cohort" if told["kind"] == "release" else "audience"
    kept[place] = json.dumps(told | {key: "other"}, sort_keys=True).encode() + b"\n"
    written.path.write_bytes(b"".join(kept))
    refused("AM631", enter, written, "s4", TWELVE)


def test_swapped_lines_half_the_file_and_no_file_are_seen(written):
    kept = lines(written)
    for content in ([*kept[:3], kept[4], kept[3], *kept[5:]], kept[:4], [], [b"\0" * 400 + b"\n"]):
        written.path.write_bytes(b"".join(content))
        refused("AM631", enter, written, "s4", TWELVE)
    written.path.unlink()
    refused("AM631", enter, written, "s4", TWELVE)
    refused("AM631", written.begin)


def test_a_torn_last_line_is_what_was_never_acknowledged(written):
    whole = written.path.read_bytes()
    for torn in (b'{"kind": "page", "coh', b"{", b"\xc3"):
        written.path.write_bytes(whole + torn)
        assert not share(written, "s1", enter(written, "s1", people(*range(12))))
    rows = enter(written, "s4", people(*range(60, 72)))
    assert share(written, "s4", rows)
    assert written.path.read_bytes().startswith(whole)
    assert all(json.loads(line) for line in lines(written))


def test_a_line_written_before_its_mark_moved_is_kept(written):
    mark = written.mark.read_bytes()
    rows = enter(written, "s4", people(*range(60, 72)))
    share(written, "s4", rows)
    written.mark.write_bytes(mark)
    assert not share(written, "s4", rows)


def test_a_lost_mark_or_a_damaged_one_is_seen(written):
    mark = written.mark.read_bytes()
    for content in (b"", b"{}", mark.replace(b'"lines": 7', b'"lines": 8'), b"\xff"):
        written.mark.write_bytes(content)
        refused("AM631", enter, written, "s4", TWELVE)
    written.mark.unlink()
    refused("AM631", enter, written, "s4", TWELVE)


def test_the_settings_that_it_began_with_stay_when_the_tool_has_others(written, monkeypatch):
    monkeypatch.setattr("angle_mort.disclosure.ledger.POLICY", Policy(group=2))
    rows = enter(written, "s4", people(*range(9)))
    fields = refused("AM634", share, written, "s4", rows)
    assert (fields["n"], fields["minimum"]) == (3, 5)


def test_the_ledger_of_another_audience_or_of_a_later_version_is_refused(written, monkeypatch):
    refused("AM632", enter, Ledger(written.path, "leader"), "s4", TWELVE)
    monkeypatch.setattr("angle_mort.disclosure.ledger.LEDGER_FORMAT", 2)
    refused("AM632", enter, written, "s4", TWELVE)


def test_only_its_owner_reads_it_and_it_names_nobody(written):
    assert written.path.stat().st_mode & 0o077 == 0
    assert set(json.loads(lines(written)[-1])) == {"kind", "cohort", "day", "seals", "figures", "chain"}
