"""The item linter: what can be checked of the questionnaire's wording is checked here, on the files people read.

Each rule is a function that returns what it found; the first tests show that every rule catches a bad sentence, the
others that the shipped files are clean and hold what the blueprint settled.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from importlib.resources import files

import pytest
import yaml

from angle_mort.instrument import load_instrument

SHELF = files("angle_mort").joinpath("instrument", "questionnaires")
NAMES = ("angle-mort-1.yaml", "prototypes-1.yaml", "reliability-1.yaml", "interview-1.yaml")
TEXTS = {name: SHELF.joinpath(name).read_text(encoding="utf-8") for name in NAMES}
QUESTIONNAIRE, PROTOTYPES, RELIABILITY, INTERVIEW = (yaml.safe_load(TEXTS[name]) for name in NAMES)

MODULES = {module["code"]: module for module in QUESTIONNAIRE["modules"]}
SCORING = QUESTIONNAIRE["scoring"]


def facets_of(module: dict) -> list[dict]:
    return module.get("facets", [])


def items_of(module: dict) -> list[dict]:
    return [item for facet in facets_of(module) for item in facet["items"]] + module.get("items", [])


ITEMS = {item["id"]: item for module in MODULES.values() for item in items_of(module)}
HOME = {item["id"]: code for code, module in MODULES.items() for item in items_of(module)}


def wordings(item: dict) -> list[str]:
    return [item["fr"], *(task["fr"] for task in item.get("packs", {}).values()), *item.get("former", [])]


def item_forms(item: dict) -> list[str]:
    return item.get("forms", MODULES[HOME[item["id"]]]["forms"])


def form_ids(form: str) -> list[str]:
    return [name for name, item in ITEMS.items() if form in item_forms(item)]


def choice_lists() -> dict[str, list[dict]]:
    """Every list of choices, of a response format or of one item, by its owner."""
    shared = {code: each["choices"] for code, each in QUESTIONNAIRE["response_formats"].items() if "choices" in each}
    return shared | {name: item["choices"] for name, item in ITEMS.items() if "choices" in item}


# --- The rules ------------------------------------------------------------------------------------------------------


def normalised(text: str) -> str:
    """The text as an import compares it: NFKC, straight apostrophe, single spaces, casefold."""
    return " ".join(unicodedata.normalize("NFKC", text).replace("’", "'").split()).casefold()


def too_long(text: str) -> list[str]:
    """The words beyond the twentieth; an apostrophe separates two words, so that the count is the severe one."""
    return re.findall(r"\w+(?:-\w+)*", normalised(text))[20:]


def negation(text: str) -> list[str]:
    """Negative words, and « sans » before an infinitive (« sans moi » stays possible: it names a situation)."""
    words = r"\b(?:ne|ni|non|pas|jamais|aucun|aucune|rien|nul|nulle)\b|\bn'|\bsans\s+(?:\w+')?\w+(?:er|ir|re)\b"
    return re.findall(words, normalised(text))


def loaded_words(text: str) -> list[str]:
    return re.findall(r"\btrop\b|\bimportante?s?\b|\bsouvent\b", normalised(text))


def and_or(text: str) -> list[str]:
    return re.findall(r"\bet\s*/\s*ou\b|\w/\w", normalised(text))


def jargon(text: str) -> list[str]:
    words = (
        "process|processus|reporting|feedback|kpi|manager|management|leadership|stratégie|pilotage|piloter|optimiser"
        "|indicateurs?|compétences?|collaboratif|posture|monitorer|reporter un|prioriser|délégation|déléguer"
    )
    return re.findall(rf"\b(?:{words})\b", normalised(text))


def present_tense(text: str) -> list[str]:
    """The whole sentence when no past participle follows an auxiliary."""
    auxiliary = r"\b(?:ai|a|ont|suis|est|avons|sommes)\s+(?:\w+\s+)?\w*(?:é|ée|és|ées|i|is|it|int|u|us|ue)\b"
    return [] if re.search(auxiliary, normalised(text)) else [text]


def no_speaker(text: str) -> list[str]:
    """The whole sentence when nobody says « je »."""
    return [] if re.search(r"\bj'|\bje\b", normalised(text)) else [text]


def typewriter_marks(text: str) -> list[str]:
    """Straight apostrophes and quotation marks."""
    return re.findall(r"['\"]", text)


def breaking_spaces(text: str) -> list[str]:
    """Marks that lack their French no-break space: narrow before ? ! ; and full before : and inside « »."""
    return re.findall(r"(?<!\u202f)[?!;]|(?<!\u00a0):|«(?!\u00a0)|(?<!\u00a0)»", text)


def brackets(text: str) -> list[str]:
    """Square brackets and angle brackets: survey tools write « question [row] » and HTML in their headers."""
    return re.findall(r"[\[\]<>]", text)


def verdicts(text: str) -> list[str]:
    return re.findall(r"\bvous êtes une?\b|\btypes? d(?:e\b|')|\bdéficits?\b", normalised(text))


def repeated(texts: Iterable[str]) -> list[str]:
    return [text for text, count in Counter(map(normalised, texts)).items() if count > 1]


def bad_ids(ids: Iterable[str]) -> list[str]:
    names = list(ids)
    return [name for name in names if not re.fullmatch(r"[a-z][a-z0-9]{2,7}", name)] + repeated(names)


def french_texts(tree: object) -> Iterator[str]:
    """Every value under a key `fr`, at any depth."""
    for key, value in _branches(tree):
        if key == "fr":
            yield value
        else:
            yield from french_texts(value)


def without_gloss(tree: object) -> list[str]:
    """Every French text that has no English one beside it (a bare No is a boolean in YAML, and no gloss)."""
    bare = isinstance(tree, dict) and "fr" in tree and not _is_text(tree.get("en"))
    return ([tree["fr"]] if bare else []) + [text for _, value in _branches(tree) for text in without_gloss(value)]


def _is_text(value: object) -> bool:
    return isinstance(value, str) and bool(value.strip())


def _branches(tree: object) -> list[tuple[object, object]]:
    if isinstance(tree, dict):
        return list(tree.items())
    return list(enumerate(tree)) if isinstance(tree, list) else []


def without_source(scoring: dict) -> list[str]:
    """The scoring rules, and the indices, that name no source."""
    rules = {name: rule for name, rule in scoring.items() if name != "indices"} | scoring.get("indices", {})
    return [name for name, rule in rules.items() if not _is_text(rule.get("source"))]


RULES: dict[str, Callable[[str], list[str]]] = {
    rule.__name__: rule
    for rule in (too_long, negation, loaded_words, and_or, jargon, typewriter_marks, breaking_spaces, brackets)
}
ALL_FRENCH = {name: list(french_texts(yaml.safe_load(text))) for name, text in TEXTS.items()}


# --- Every rule catches ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("rule", "bad"),
    [
        (too_long, "J’ai pris " + "un outil puis " * 7 + "un outil."),
        (too_long, "J’ai " + "pris l’outil " * 7 + "neuf."),
        (negation, "Je n’ai rien laissé à l’équipe."),
        (negation, "L’équipe ne m’a rien demandé."),
        (negation, "J’ai été peu présent, jamais le matin."),
        (negation, "J’ai eu un salarié pas prêt."),
        (negation, "J’ai laissé aucune tâche."),
        (negation, "J’ai refait un travail sans prévenir son auteur."),
        (negation, "J’ai refait un travail sans l’expliquer."),
        (loaded_words, "J’ai gardé trop de travail."),
        (loaded_words, "J’ai gardé une tâche importante."),
        (loaded_words, "J’ai souvent gardé un travail."),
        (and_or, "J’ai refait et/ou vérifié un travail."),
        (and_or, "J’ai refait un devis/une facture."),
        (jargon, "J’ai demandé un reporting à l’équipe."),
        (jargon, "J’ai eu du mal à déléguer un travail."),
        (present_tense, "Je garde un travail."),
        (present_tense, "Je garderai un travail."),
        (no_speaker, "Un travail a été refait."),
        (typewriter_marks, "J'ai gardé un travail."),
        (typewriter_marks, 'J’ai dit "laisse".'),
        (breaking_spaces, "Qui a repris la main ?"),
        (breaking_spaces, "Qui a repris la main?"),
        (breaking_spaces, "Laisse\u00a0!"),
        (breaking_spaces, "un prix ; un achat"),
        (breaking_spaces, "Décider : un prix"),
        (breaking_spaces, "J’ai dit « laisse\u00a0»."),
        (breaking_spaces, "J’ai dit «\u00a0laisse »."),
        (brackets, "J’ai gardé un travail [du métier]."),
        (verdicts, "Vous êtes un contrôleur."),
        (verdicts, "Ce type de dirigeant"),
        (verdicts, "Un déficit de confiance"),
    ],
)
def test_each_rule_catches_a_bad_sentence(rule: Callable[[str], list[str]], bad: str) -> None:
    assert rule(bad)


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("J’ai refait un travail.", "J'ai refait un travail."),
        ("Qui a repris la main\u202f?", "qui a  repris la main ?"),
        ("Une re\u0301ponse", "Une réponse"),
    ],
)
def test_two_texts_that_an_import_would_confuse_are_caught(first: str, second: str) -> None:
    assert repeated([first, second, "autre texte"]) == [normalised(first)]


@pytest.mark.parametrize("ids", [["A101"], ["a1"], ["a_101"], ["1a01"], ["a10101010"], ["a101", "a101"]])
def test_an_id_that_a_survey_tool_would_refuse_is_caught(ids: list[str]) -> None:
    assert bad_ids(ids)


def test_a_missing_gloss_and_a_missing_source_are_caught() -> None:
    tree = {"items": [{"fr": "un", "en": "one"}, {"fr": "deux"}, {"fr": "Non", "en": False}], "name": {"fr": "trois"}}
    assert without_gloss(tree) == ["deux", "Non", "trois"]
    scoring = {"bands": {"source": ""}, "change": {"source": "x"}, "care": {}, "indices": {"IDO": {"source": None}}}
    assert without_source(scoring) == ["bands", "care", "IDO"]


# --- The shipped questionnaire is clean -----------------------------------------------------------------------------


def test_ids_are_unique_and_fit_every_survey_tool() -> None:
    assert bad_ids(item["id"] for module in MODULES.values() for item in items_of(module)) == []


@pytest.mark.parametrize("rule", RULES.values(), ids=RULES)
def test_every_wording_keeps_the_rule(rule: Callable[[str], list[str]]) -> None:
    found = {text: rule(text) for item in ITEMS.values() for text in wordings(item)}
    assert {text: faults for text, faults in found.items() if faults} == {}


STATEMENTS = ("A", "B", "C", "D1", "D2", "D3", "E", "I", "M")


@pytest.mark.parametrize("code", STATEMENTS)
def test_statements_are_in_the_past_and_end_with_a_full_stop(code: str) -> None:
    texts = [item["fr"] for item in items_of(MODULES[code])]
    assert [fault for text in texts for fault in present_tense(text)] == []
    assert all(text.endswith(".") and text.count(".") == 1 for text in texts)


@pytest.mark.parametrize("code", ["A", "B", "C", "D3"])
def test_what_a_leader_answers_about_themself_is_in_the_first_person(code: str) -> None:
    assert [fault for item in items_of(MODULES[code]) for fault in no_speaker(item["fr"])] == []


def test_rows_of_c0_ask_who_took_over_and_rows_of_i_start_with_the_event() -> None:
    c0 = [normalised(item["fr"]) for item in items_of(MODULES["C0"])]
    assert all(re.fullmatch(r"quand ça a coincé sur .+, qui a repris la main \?", text) for text in c0)
    assert all(re.match(r"quand .+, ", normalised(item["fr"])) for item in items_of(MODULES["I"]))


def test_no_two_texts_can_be_confused_trade_packs_and_old_wordings_included() -> None:
    assert repeated(text for item in ITEMS.values() for text in wordings(item)) == []


def test_stems_are_unique_and_are_no_item() -> None:
    stems = [module["stem"]["fr"] for module in MODULES.values()]
    assert repeated(stems + [text for item in ITEMS.values() for text in wordings(item)]) == []


def test_stems_of_repeated_formats_say_the_recall_period() -> None:
    recalls = {
        code: each["recall"]["fr"] for code, each in QUESTIONNAIRE["response_formats"].items() if "recall" in each
    }
    for module in MODULES.values():
        if module.get("format") in recalls:
            said = normalised(module["stem"]["fr"])
            assert said.startswith(normalised(recalls[module["format"]]).split(",")[0]), module["code"]


@pytest.mark.parametrize("owner", choice_lists())
def test_labels_and_codes_are_unique_within_their_list(owner: str) -> None:
    choices = choice_lists()[owner]
    assert repeated(choice["fr"] for choice in choices) == []
    assert repeated(str(choice["code"]) for choice in choices) == []


def test_labels_survive_an_export() -> None:
    """A label that starts with a digit may be read as a code; survey tools join ticked labels with commas."""
    labels = [choice["fr"] for choices in choice_lists().values() for choice in choices]
    assert [label for label in labels if not label[0].isalpha()] == []
    ticked = [choice["fr"] for item in ITEMS.values() if item.get("kind") == "multiple" for choice in item["choices"]]
    assert ticked
    assert [label for label in ticked if re.search("[,;|]", label)] == []


@pytest.mark.parametrize("name", NAMES)
def test_every_french_text_has_its_marks_and_its_english_gloss(name: str) -> None:
    assert ALL_FRENCH[name]
    assert [text for text in ALL_FRENCH[name] if not _is_text(text)] == []
    assert [text for text in ALL_FRENCH[name] if typewriter_marks(text) or breaking_spaces(text)] == []
    assert without_gloss(yaml.safe_load(TEXTS[name])) == []


@pytest.mark.parametrize("name", NAMES)
def test_no_verdict_on_a_person_anywhere(name: str) -> None:
    assert verdicts(TEXTS[name]) == []


@pytest.mark.parametrize("name", NAMES)
def test_lines_can_be_read(name: str) -> None:
    assert [line for line in TEXTS[name].splitlines() if len(line) > 140] == []


# --- The questionnaire is whole -------------------------------------------------------------------------------------

SIZES = {"A": 8, "B": 8, "C": 8, "C0": 5, "D1": 4, "D2": 3, "D3": 5, "E": 4, "F": 9, "G": 8, "H": 4, "I": 6}
SIZES |= {"J": 3, "K": 5, "L": 3, "X": 5, "Q": 1, "M": 8}
FACETS = {"A1": 4, "A2": 4, "B1": 4, "B2": 4, "C1": 5, "C2": 3, "G1": 2, "G2": 2, "G3": 2, "G4": 2}
FACETS |= {"H1": 1, "H2": 1, "H3": 1, "H4": 1, "I1": 2, "I2": 1, "I3": 2, "I4": 1}
NATURES = {
    "reflective": ["A", "B", "C", "D3", "I"],
    "formative": ["D1", "D2", "E", "H"],
    "profile": ["C0"],
    "ordinal": ["J"],
    "time_budget": ["F"],
    "task_inventory": ["G"],
    "tracker": ["K", "L"],
    "descriptor": ["X"],
    "advisory": ["Q", "M"],
}
FORMATS = {"F5": ["A", "B", "C", "D3", "E", "M"], "E5": ["D1", "D2"], "C5": ["I"], "W5": ["C0"], "T4": ["G"]}
LABELS = {
    "F5": "Jamais|Une ou deux fois dans le mois|Environ une fois par semaine|Plusieurs fois par semaine"
    "|Presque tous les jours|Pas concerné",
    "E5": "Jamais|Une fois|Deux ou trois fois|Environ tous les quinze jours|Chaque semaine ou plus",
    "C5": "Aucune fois|Rarement|Une fois sur deux|Le plus souvent|À chaque fois|Ce n’est pas arrivé",
    "W5": "Toujours un autre|Plutôt un autre|Moitié-moitié|Plutôt moi|Toujours moi|Pas arrivé",
    "T4": "Moi|Un autre, je valide|Un autre, sans moi|On n’en fait pas",
}


def test_modules_stand_in_the_order_asked_with_their_sizes() -> None:
    assert {code: len(items_of(module)) for code, module in MODULES.items()} == SIZES
    assert list(MODULES) == list(SIZES)


def test_facets_have_their_sizes() -> None:
    found = {facet["code"]: len(facet["items"]) for module in MODULES.values() for facet in facets_of(module)}
    assert {code: size for code, size in found.items() if not code.startswith("C0_")} == FACETS


def test_every_module_declares_its_nature_and_its_format() -> None:
    assert {code: module["nature"] for code, module in MODULES.items()} == {
        code: nature for nature, codes in NATURES.items() for code in codes
    }
    for name, codes in FORMATS.items():
        assert {MODULES[code]["format"] for code in codes} == {name}


@pytest.mark.parametrize("name", LABELS)
def test_labels_are_those_of_the_blueprint_in_rising_codes(name: str) -> None:
    choices = QUESTIONNAIRE["response_formats"][name]["choices"]
    assert "|".join(choice["fr"] for choice in choices) == LABELS[name]
    codes = [choice["code"] for choice in choices if choice["code"] != -1]
    assert codes == list(range(len(codes)))


def test_every_item_has_one_way_to_answer() -> None:
    formats = QUESTIONNAIRE["response_formats"]
    for name, item in ITEMS.items():
        asked = item.get("format", MODULES[HOME[name]].get("format"))
        assert ("choices" in item) != (asked in formats), name


def test_forms_hold_89_45_and_8_items() -> None:
    assert {form: len(form_ids(form)) for form in QUESTIONNAIRE["forms"]} == {"complete": 89, "suivi": 45, "miroir": 8}
    assert {HOME[name] for name in form_ids("miroir")} == {"M"}
    assert set(form_ids("suivi")) < set(form_ids("complete"))


def test_the_follow_up_holds_the_modules_of_the_blueprint() -> None:
    whole = ("A", "B", "C", "D1", "D3", "E", "K")
    expected = {name for name, home in HOME.items() if home in whole} | {"j101", "l101", "l102"}
    assert set(form_ids("suivi")) == expected


def test_only_fatigue_and_the_free_text_may_be_left_out() -> None:
    left_out = {name for name, item in ITEMS.items() if not item.get("required", True)}
    assert left_out == {"d301", "d302", "d303", "d304", "d305", "f109"}
    assert [code for code, module in MODULES.items() if module.get("optional")] == ["D3"]


def test_every_trade_pack_has_its_eight_tasks() -> None:
    general, *others = QUESTIONNAIRE["packs"]
    assert (general, len(others)) == ("general", 5)
    assert [list(item["packs"]) for item in items_of(MODULES["G"])] == [others] * 8


def test_only_the_inventory_has_packs() -> None:
    assert {HOME[name] for name, item in ITEMS.items() if "packs" in item} == {"G"}


@pytest.mark.parametrize(
    ("home", "example"),
    [
        ("A1", "J'ai pris les outils moi-même alors qu'un salarié présent savait faire ce travail."),
        ("A2", "Je suis intervenu sur un chantier pour montrer à l'équipe que je sais toujours faire."),
        ("B1", "J'ai gardé un travail parce que l'expliquer aurait pris plus de temps que de le faire."),
        ("B2", "J'ai refait un travail qui aurait convenu au client."),
        ("C1", "J'ai rattrapé, en dehors de mes heures, un retard pris par d'autres."),
        ("C2", "J'ai dit \"laisse, je m'en occupe\" avant que la personne ait essayé."),
        ("D1", "Un devis a attendu mon retour."),
        ("D2", "De nouvelles commandes ont surtout allongé nos délais."),
        ("D3", "Le soir, j'ai continué à régler des affaires de l'entreprise dans ma tête."),
        ("E", "Un salarié a réglé seul un imprévu, et me l'a dit après."),
        ("I1", "Quand quelqu'un s'est trompé sur un travail confié, je le lui ai redonné la fois suivante."),
        ("M", "Mon patron a refait un travail que j'avais terminé."),
        ("Q", "Avez-vous pu répondre tranquillement ?"),
    ],
)
def test_the_examples_of_the_blueprint_are_present(home: str, example: str) -> None:
    owners = MODULES | {facet["code"]: facet for module in MODULES.values() for facet in facets_of(module)}
    texts = {normalised(re.sub(r"«\s*|\s*»", '"', item["fr"])) for item in items_of(owners[home])}
    assert normalised(example) in texts


def test_the_ladder_of_decisions_is_the_one_of_the_blueprint() -> None:
    assert [choice["fr"] for choice in ITEMS["h103"]["choices"]] == [
        "Tout passe par moi",
        "Ils décident, puis attendent mon accord",
        "Ils décident seuls jusqu’à un montant ou un cas fixé",
        "Ces limites sont écrites et je ne reviens pas dessus",
    ]


@pytest.mark.parametrize("name", ["h101", "h102", "h103", "h104"])
def test_ladders_rise_by_four_steps(name: str) -> None:
    assert [choice["code"] for choice in ITEMS[name]["choices"]] == [0, 1, 2, 3]


def test_the_scenario_goes_from_stop_to_normal() -> None:
    labels = {choice["code"]: choice["fr"] for choice in ITEMS["j101"]["choices"]}
    assert labels == {1: "Tout s’arrête", 2: "Ça tourne difficilement", 3: "Ça tourne normalement"}


def test_pride_has_two_choices_of_doing_and_four_of_leading() -> None:
    assert ITEMS["l103"]["count"] == 2
    assert [choice["code"] for choice in ITEMS["l103"]["choices"]] == [0, 1, 2, 3, 4, 5]
    assert Counter(tag for choice in ITEMS["l103"]["choices"] for tag in choice["tags"]) == {"faire": 2, "diriger": 4}


def test_every_mirror_item_mirrors_one_observable_item() -> None:
    mirrored = [item["mirrors"] for item in items_of(MODULES["M"])]
    assert len(set(mirrored)) == 8
    assert Counter(HOME[name] for name in mirrored) == {"A": 2, "B": 2, "C": 2, "E": 2}
    assert {HOME[name] for name, item in ITEMS.items() if "mirrors" in item} == {"M"}


AREA_WORDS = {
    "qualite": "défaut|qualité",
    "delais": "retard|délai",
    "clients": "client",
    "equipes": "salariés|équipe",
    "tresorerie": "argent|trésorerie",
}


def test_the_five_areas_stand_in_the_same_order_felt_and_in_fact() -> None:
    areas = SCORING["areas"]
    felt = [item["id"] for item in next(f for f in facets_of(MODULES["C"]) if f["code"] == "C1")["items"]]
    assert areas["codes"] == list(areas["names"]) == list(AREA_WORDS)
    assert areas["felt"] == felt
    assert areas["fact"] == [item["id"] for item in items_of(MODULES["C0"])]
    assert [facet["code"] for facet in facets_of(MODULES["C0"])] == [f"C0_{code}" for code in areas["codes"]]
    for code, felt_id, fact_id in zip(areas["codes"], areas["felt"], areas["fact"], strict=True):
        assert all(re.search(AREA_WORDS[code], ITEMS[name]["fr"]) for name in (felt_id, fact_id)), code


@pytest.mark.parametrize(
    ("name", "bands"),
    [
        ("x101", ["Fabrication", "Construction", "Commerce et réparation", "Services"]),
        ("x102", ["moins de 10 salariés", "10 salariés et plus"]),
        ("x103", ["10 ans ou moins", "plus de 10 ans"]),
        ("x104", ["sans second", "avec un second"]),
        ("x105", ["sans associé", "avec un associé"]),
    ],
)
def test_every_choice_of_context_has_its_coarse_band(name: str, bands: list[str]) -> None:
    assert list(dict.fromkeys(choice["band"] for choice in ITEMS[name]["choices"])) == bands


# --- The rules of scoring -------------------------------------------------------------------------------------------


def test_every_rule_of_scoring_names_its_source() -> None:
    assert SCORING
    assert without_source(SCORING) == []


def test_the_rules_name_only_what_exists() -> None:
    scales = set(MODULES) | set(SCORING["indices"]) | set(FACETS)
    budget, care = SCORING["time_budget"], SCORING["care"]
    parts = {part["scale"] for index in SCORING["indices"].values() for part in index["parts"]}
    compared = {end for pair in SCORING["cross_checks"]["pairs"] for end in pair} - {"self", "mirror"}
    named = parts | compared | set(SCORING["dominance"]["blocks"]) | set(SCORING["bands"]["scales"])
    assert named | set(care["run_items"]) | {step["evidence"] for step in SCORING["steps"]["path"]} <= scales
    assert (
        [*budget["missions"], budget["production"], budget["rest"], budget["total"]]
        == list(ITEMS)[45:53]
        == [f"f10{i}" for i in range(1, 9)]
    )
    assert set(care["hurried_codes"]) <= {choice["code"] for choice in ITEMS[care["calm_item"]]["choices"]}


def test_the_headline_index_is_d1_and_e_reversed_in_equal_weights() -> None:
    parts = {part["scale"]: (part["weight"], part["reversed"]) for part in SCORING["indices"]["IDO"]["parts"]}
    assert parts == {"D1": (0.5, False), "E": (0.5, True)}


def test_the_figures_of_the_blueprint_are_kept() -> None:
    proration, bands, dominance = SCORING["proration"], SCORING["bands"], SCORING["dominance"]
    assert (proration["minimum_share"], proration["minimum_applicable"]) == (0.75, 4)
    assert (bands["thresholds"], bands["names"], bands["named_at"]) == ([40, 65], ["vert", "orange", "rouge"], 0.75)
    assert bands["reversed"] == ["E", "H", "I"]
    assert all(MODULES[code]["high_is_good"] for code in bands["reversed"])
    assert (dominance["named_at"], dominance["mixed"]) == (0.80, "mixte")
    assert (SCORING["interval_level"]["value"], SCORING["change"]["level"]) == (0.90, 0.90)
    assert (SCORING["percentiles"]["minimum_n"], SCORING["norms"]["provisional_below"]) == (100, 45)
    assert (SCORING["care"]["run"], SCORING["care"]["seconds_per_item"]) == (10, 2)
    assert (SCORING["separation"]["correlation"], SCORING["separation"]["minimum_n"]) == (0.80, 200)
    assert SCORING["cross_checks"]["minimum_mirror"] == 3


def test_the_path_has_four_steps_each_with_its_evidence() -> None:
    steps = [(step["code"], step["evidence"]) for step in SCORING["steps"]["path"]]
    assert steps == [("role", "F"), ("delegation", "G"), ("structure", "H"), ("acceptance", "I")]


def test_prototypes_stand_where_the_blueprint_puts_them() -> None:
    positions = {
        each["name"]["fr"]: tuple(each["position"][block] for block in "ABC") for each in PROTOTYPES["prototypes"]
    }
    assert positions == {
        "le faiseur": (70, 45, 45),
        "le vérificateur": (45, 70, 45),
        "le porteur": (45, 45, 70),
        "le verrou complet": (72, 72, 72),
        "en bascule": (30, 30, 30),
    }
    assert (PROTOTYPES["spread"], PROTOTYPES["named_at"]) == (8, 0.80)


def test_provisional_margins_are_those_of_the_blueprint() -> None:
    reliability = RELIABILITY["reliability"]
    assert reliability == {code: 0.75 if SIZES[code] == 8 else 0.70 for code in NATURES["reflective"]}
    assert RELIABILITY["sd"] == dict.fromkeys(NATURES["reflective"], 18)
    assert (RELIABILITY["provisional"], RELIABILITY["n"]) == (True, None)
    declared = {"sd", "reliability", "retest", "answer_error", "declared_errors"}
    assert {key for key, source in RELIABILITY["source"].items() if source.strip()} == declared


def test_every_rule_of_the_interview_asks_for_answers_that_exist_and_ends_as_a_sentence_does():
    rules = [(part, rule) for part in ("strengths", "questions") for rule in INTERVIEW[part]]
    assert len(rules) > 40
    formats = {name: each.format for name, each in load_instrument().items.items()}
    for part, rule in rules:
        says = rule["says"]["fr"]
        assert says.endswith("\u202f?" if part == "questions" else ".") and not breaking_spaces(says), says
        for name, (low, high) in rule["when"].items():
            top = formats.get(name)
            ends = (-1, 1) if top is None else (top.minimum or 0, top.maximum or top.highest)
            assert ends[0] <= low <= high <= ends[1], (name, low, high)
