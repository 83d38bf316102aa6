"""The choices of the explorer and what they make visible, without a widget, a kernel or a browser."""

import json
from dataclasses import replace

import numpy as np
import pytest

import angle_mort as am
from angle_mort.cohort import load_cohort
from angle_mort.datasets import make_cohort
from angle_mort.errors import AngleMortError
from angle_mort.explorer.model import VIEWS, Explorer
from angle_mort.explorer.picture import DOTS, ROWS
from angle_mort.shipped import shipped
from tests.cohorts import released


@pytest.fixture(scope="module")
def few():
    return load_cohort(shipped("demo") / "cohorte")


@pytest.fixture(scope="module")
def network():
    return load_cohort(shipped("demo") / "reseau")


@pytest.fixture(scope="module")
def many(tmp_path_factory):
    responses = make_cohort(n=300, seed=4, missing=0.01).responses
    return released(tmp_path_factory.mktemp("many"), responses, name="grande", demonstration=True)


@pytest.fixture
def model(few, network):
    return Explorer([few, network])


def refused(call, *words):
    with pytest.raises(AngleMortError) as error:
        call(*words)
    return error.value.codes[0]


def own_ids(picture):
    return [each["id"] for each in (*picture.marks, *picture.rects) if "id" in each]


# ------------------------------------------------------------------------------------------------------------- choices


def test_the_first_cohort_is_open_on_the_index(model, few):
    assert (model.cohort, model.wave, model.view, model.scale) == (few.name, "T0", "standing", "IDO")
    assert list(model.choices("view")) == list(VIEWS)


@pytest.mark.parametrize("name", ["cohort", "wave", "view", "scale", "against", "characteristic", "leader"])
def test_a_choice_that_is_not_offered_is_refused(model, name):
    assert refused(model.set_trait, name, "nowhere") == "AM645"


def test_a_view_keeps_the_scale_that_it_can_show_and_replaces_any_other(model):
    model.view, model.scale = "split", "D1"
    model.view = "standing"
    assert model.scale == "D1"
    model.view = "consequences"
    assert (model.scale, model.against) == ("A", "IDO")
    model.view = "blocks"
    assert model.scale != model.against


def test_two_scales_are_never_the_same_one(model):
    model.view = "blocks"
    model.scale = model.against
    assert model.scale != model.against


def test_another_cohort_forgets_a_leader_who_is_not_in_it(model, network):
    model.leader = model.people.ids[0]
    model.cohort = network.name
    assert (model.leader, model.why) == ("", [])


def test_whoever_looks_sees_choices_that_fit_together(model, network):
    """An observer is called with no trait left over from the cohort before."""
    model.view, model.leader = "split", model.people.ids[0]
    seen = []
    model.observe(lambda change: seen.append((model.leader in ("", *model.people.place), bool(model.picture.title))))
    model.cohort = network.name
    assert seen and all(map(all, seen))


def test_the_first_letters_of_a_pseudonym_find_its_leader(model):
    wanted = model.people.ids[5]
    model.search = f" {wanted[:6].upper()}"
    assert model.leader == wanted
    model.search = "zzzzzz"
    assert (model.found, model.leader) == ([], wanted)


def test_short_names_tell_everybody_apart(model, many):
    for people in (model.people, Explorer([many]).people):
        assert len(set(people.names)) == len(people)
        assert all(leader.startswith(name) for leader, name in zip(people.ids, people.names, strict=True))


def test_a_wave_shows_its_own_leaders_only(few, network):
    told = few.leaders.assign(wave="T1", leader=few.leaders["leader"].str[::-1], IDO=10.0).head(9)
    later = replace(few, name="demonstration-T1", tables={**few.tables, "leaders": told.reset_index(drop=True)})
    model = Explorer([later, network, few])
    assert list(model.choices("cohort")) == ["reseau", "demonstration"]
    model.cohort = "demonstration"
    assert list(model.choices("wave")) == ["T0", "T1"]
    model.wave = "T1"
    assert set(model.frame.iloc[:, 0]) == set(told["leader"])
    assert [mark["x"] for mark in model.picture.marks] == [10.0] * 9
    model.leader = told["leader"].iloc[0]
    model.keep("A")
    assert model.shortlist == [("demonstration-T1", model.leader, "A")]
    model.cohort = "reseau"
    assert (model.wave, list(model.choices("wave"))) == ("T0", ["T0"])


def test_later_waves_come_with_the_folder_that_they_stand_beside(tmp_path):
    responses = make_cohort(n=12, seed=2).responses
    for name, wave in {"essai": "T0", "essai-T1": "T1"}.items():
        released(tmp_path, responses, name=name, wave=wave)
    assert list(am.explore(tmp_path / "essai").model.choices("wave")) == ["T0", "T1"]
    assert list(am.explore(tmp_path / "essai-T1", tmp_path / "essai").model.choices("wave")) == ["T0", "T1"]


def test_two_cohorts_of_one_name_are_both_there(few):
    assert len(Explorer([few, few]).choices("cohort")) == 2


# ------------------------------------------------------------------------------------------------------------ pictures


@pytest.mark.parametrize("view", VIEWS)
@pytest.mark.parametrize("size", ["few", "network", "many"])
def test_every_view_is_a_picture_with_its_words_and_its_table(view, size, request):
    model = Explorer([request.getfixturevalue(size)])
    model.view, model.leader = view, model.people.ids[1]
    for scale in list(model.choices("scale")) or [""]:
        model.scale = scale
        picture = model.picture
        assert json.loads(json.dumps(vars(picture), allow_nan=False))
        assert picture.title and picture.alt and all(picture.reading)
        assert len(model.frame) and list(model.frame) == list(picture.columns)
        assert all(each["name"] for each in (*picture.marks, *picture.rects) if "id" in each)


def test_who_stands_where_is_in_order_with_the_margins_of_the_scores(model, few):
    for scale in ("A", "E"):
        model.scale = scale
        picture, scores = model.picture, few.scores[few.scores["scale"] == scale].set_index("respondent")
        own = scores.loc[own_ids(picture)]
        value, low, high = (own[each] for each in ("value", "low", "high"))
        if scale == "E":  # high is good there: everything shown means blockage
            value, low, high = 100 - value, 100 - high, 100 - low
        for key, expected in {"x": value, "xl": low, "xh": high}.items():
            np.testing.assert_allclose([mark[key] for mark in picture.marks], expected, atol=0.06)
        assert (np.diff(value) <= 0).all()
        assert [mark["y"] for mark in picture.marks] == list(range(len(own)))


def test_a_score_that_is_missing_is_counted_and_not_drawn(model, few):
    known = few.leaders["IDO"].notna().sum()
    assert known < len(few.leaders)
    assert len(model.picture.marks) == known
    assert model.picture.reading[-1].startswith(f"{len(few.leaders) - known} dirigeants ne sont pas montrés")


def test_many_are_counted_and_nobody_but_the_chosen_one_is_drawn(many):
    model = Explorer([many])
    known = many.leaders["A"].notna()
    for view in VIEWS:
        model.view, model.leader = view, ""
        assert own_ids(model.picture) == []
    model.view, model.scale = "standing", "A"
    assert sum(rect["y1"] for rect in model.picture.rects) == known.sum() > DOTS
    assert model.frame.iloc[:, 1].astype(int).sum() == known.sum()
    model.leader = many.leaders["leader"][known].iloc[0]
    assert own_ids(model.picture) == [model.leader]
    model.view = "blocks"
    assert own_ids(model.picture) == [model.leader]
    both = many.leaders[["A", "B"]].notna().all(axis=1).sum()
    assert model.frame.iloc[:, 1:].astype(int).to_numpy().sum() == both


def test_between_the_two_sizes_a_dot_has_its_margins_once_chosen(network):
    model = Explorer([network])
    assert ROWS < len(network.leaders) <= DOTS
    model.view, model.leader = "blocks", network.leaders["leader"].iloc[0]
    barred = [mark["id"] for mark in model.picture.marks if "xl" in mark and "yl" in mark]
    assert barred == [model.leader]


def test_between_the_two_sizes_everybody_has_a_dot_of_their_own(network):
    model = Explorer([network])
    model.scale, value = "A", network.leaders.set_index("leader")["A"]
    marks = model.picture.marks
    assert {mark["id"]: mark["x"] for mark in marks} == value.dropna().round(1).to_dict()
    columns = [(mark["x"] // 1, mark["y"]) for mark in marks]
    assert len(set(columns)) == len(marks)  # none hides another
    assert max(mark["y"] for mark in marks) < model.picture.y["span"][1]


def test_counted_squares_hold_everybody_once(many):
    model = Explorer([many])
    model.view = "blocks"
    told = [int(rect["name"].split("\u00a0: ")[1]) for rect in model.picture.rects]
    assert sum(told) == many.leaders[["A", "B"]].notna().all(axis=1).sum()


def test_a_group_of_few_has_no_mean(few):
    leaders = few.leaders.assign(x102=["petite"] * 4 + ["grande"] * 20)
    model = Explorer([replace(few, tables={**few.tables, "leaders": leaders})])
    model.view, model.characteristic, model.scale = "split", "x102", "A"
    large, small = model.frame.to_numpy().tolist()
    assert large[2] == f"{few.leaders['A'][4:].mean():.0f} ± 3" or "±" in large[2]
    assert (small[1], small[2]) == ("4", "moins de 5\u00a0: pas de moyenne")
    assert len(own_ids(model.picture)) == 24


def test_a_cohort_without_context_says_so(few):
    bare = few.leaders.drop(columns=[name for name in few.leaders if name.startswith("x1")])
    model = Explorer([replace(few, tables={**few.tables, "leaders": bare})])
    model.view = "split"
    assert model.choices("characteristic") == {} and "aucune caractéristique" in model.picture.reading[0]


def test_the_scenario_stands_beside_what_each_answer_lets_expect(model, few):
    model.view = "scenario"
    assert [(line["x0"], line["x1"]) for line in model.picture.lines] == [(65, 100), (40, 65), (0, 40)]
    known = few.leaders["IDO"].notna() & few.leaders["J"].notna()
    assert len(own_ids(model.picture)) == known.sum()


def test_memberships_are_those_of_the_cohort(model, few):
    model.view = "prototypes"
    rows = model.frame.set_index(model.frame.columns[0])
    codes = [each.code for each in few.instrument.prototypes.prototypes]
    for leader, row in few.profiles.set_index("respondent")[[*codes, "named", "nearest"]].iterrows():
        names = {each.code: each.name for each in few.instrument.prototypes.prototypes}
        expected = names[row["nearest"]] if row["named"] else "entre plusieurs positions"
        assert rows.loc[leader].iloc[-1] == expected


def test_the_areas_of_the_group_are_those_of_its_summary(model, few):
    model.view = "areas"
    told = few.summary.areas
    felt = [mark["x"] for mark in model.picture.marks][: len(told)]
    np.testing.assert_allclose(felt, told["felt"], atol=0.06)
    model.leader = model.people.ids[0]
    own = [mark for mark in model.picture.marks if "id" in mark]
    assert [mark["x"] for mark in own[1:]] == few.leaders.loc[0, [f"C0_{area}" for area in told["area"]]].tolist()


def test_a_follow_up_form_without_every_module_has_its_views(tmp_path):
    responses = make_cohort(n=24, seed=2).responses
    form = [item.id for item in load_cohort(shipped("demo") / "cohorte").instrument.form_items("suivi")]
    cohort = released(tmp_path, responses[[item for item in form if item in responses]], form="suivi")
    model = Explorer([cohort])
    for view in VIEWS:
        model.view, model.leader = view, model.people.ids[0]
        assert model.picture.alt and model.questions and model.why


# ------------------------------------------------------------------------------------------------------ why, questions


def test_why_says_a_reason_or_that_none_stands_out(model, few):
    for leader, block in few.dominance[["respondent", "block"]].itertuples(index=False):
        model.leader = leader
        told = dict(model.why)["Les trois raisons"][-1]
        assert told.startswith("Mixte") == (block == "mixte")
        assert ("se détache des deux autres" in told) == (block in "ABC")


def test_why_never_ranges_anybody(model, network):
    model.cohort = network.name
    words = []
    for leader in model.people.ids[:60]:
        model.leader = leader
        words += [line for _, lines in model.why for line in lines]
        assert "position" in dict(model.why)["Sa position"][0]
    text = " ".join(words).casefold()
    assert "ressemble à «" in text
    assert not any(word in text for word in ("type", "déficit", "vous êtes", "profil"))


def test_the_first_questions_come_from_the_leader_and_all_can_be_asked(model, few):
    known = set(model.questions)
    for leader in few.leaders["leader"]:
        model.leader = leader
        assert set(model.questions) == known and next(iter(model.questions)) == "strength"
        block = few.dominance.set_index("respondent").loc[leader, "block"]
        assert list(model.questions)[1] == (block if block in "ABC" else "mixed")


# ----------------------------------------------------------------------------------------------------------- shortlist


@pytest.fixture
def workspace(few, network, tmp_path):
    """The two cohorts as if they stood in a workspace of their own."""
    places = {each.name: tmp_path / "data" / "cohorts" / each.name for each in (few, network)}
    return [replace(each, folder=places[each.name]) for each in (few, network)]


def test_a_question_is_kept_once_and_dropped(model):
    model.keep("A")
    assert model.shortlist == []  # nobody is chosen
    model.leader = model.people.ids[0]
    model.keep("A")
    model.keep("A")
    model.keep("role")
    assert [leader for _, leader, _ in model.kept] == [model.leader] * 2
    model.drop(model.shortlist[0])
    assert [code for _, _, code in model.shortlist] == ["role"]
    assert refused(model.keep, "what I think of him") == "AM645"


def test_the_list_is_saved_as_pairs_and_read_again(workspace, tmp_path):
    model = Explorer(workspace)
    model.leader = model.people.ids[0]
    model.keep("strength")
    model.save()
    path = tmp_path / "data" / "private" / "questions.json"
    assert json.loads(path.read_text()) == {"format": 1, "questions": [["demonstration", model.leader, "strength"]]}
    assert path.stat().st_mode & 0o077 == 0
    assert Explorer(workspace).shortlist == model.shortlist


def test_what_was_saved_of_other_cohorts_stays_and_the_absent_go(workspace):
    first, second = workspace
    model = Explorer([second])
    model.leader = model.people.ids[0]
    model.keep("A")
    model.save()
    other = Explorer([first])
    assert other.shortlist == []
    other.leader = other.people.ids[0]
    other.keep("B")
    other.save()
    assert [code for _, _, code in Explorer(workspace).shortlist] == ["A", "B"]
    without = replace(second, tables={**second.tables, "leaders": second.leaders.iloc[1:]})
    assert [code for _, _, code in Explorer([first, without]).shortlist] == ["B"]


@pytest.mark.parametrize("content", ["", "[]", '{"format": 2, "questions": []}', '{"format": 1, "questions": [["a"]]}'])
def test_a_list_that_is_none_of_ours_is_refused(workspace, tmp_path, content):
    path = tmp_path / "data" / "private" / "questions.json"
    path.parent.mkdir(parents=True)
    path.write_text(content)
    assert refused(Explorer, workspace) == "AM646"


def test_a_list_that_cannot_be_written_is_told(workspace, tmp_path):
    model = Explorer(workspace)
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "private").write_text("a file, where a folder should be")
    assert refused(model.save) in ("AM646", "AM647")


def test_a_cohort_in_no_folder_has_no_list_to_save(few):
    assert refused(Explorer([replace(few, folder=None)]).save) == "AM648"
