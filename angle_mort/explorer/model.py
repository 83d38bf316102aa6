"""Every choice on the coach's screen as a trait, and what it makes visible; no widget, no kernel, no browser."""

from __future__ import annotations

import datetime
from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path

import pandas as pd
from traitlets import HasTraits, List, Unicode, observe, validate

from angle_mort.cohort import FIRST_WAVE, Cohort, wave_number
from angle_mort.errors import AngleMortError, problem
from angle_mort.explorer import planes, rows, shortlist
from angle_mort.explorer.people import People
from angle_mort.explorer.picture import Picture
from angle_mort.explorer.why import Told, proposed, questions, why
from angle_mort.text import day, t

VIEWS = ("standing", "blocks", "areas", "consequences", "scenario", "prototypes", "split")
CAUSES, EFFECTS = ("A", "B", "C"), ("IDO", "D1", "D2", "D3", "E")
_ALL = ("IDO", "A", "B", "C", "D1", "E", "D2", "D3", "H", "I")
_SCALES = {"standing": _ALL, "split": _ALL, "blocks": CAUSES, "consequences": CAUSES}
_AGAINST = {"blocks": CAUSES, "consequences": EFFECTS}
_FOUND = 8


class Explorer(HasTraits):
    """What the coach looks at.

    ``cohort`` and ``wave`` say whose leaders; ``view`` is one of ``VIEWS``; ``scale`` (and ``against``, of the two
    views that have two scales) and ``characteristic`` what of them; ``leader`` is a pseudonym, or nothing; ``search``
    its first letters. ``shortlist`` holds (cohort, leader, question). What each may be is in ``choices``, a leader in
    ``people.ids``; a trait that is set to anything else raises ``AngleMortError`` AM645, and one that another choice
    makes impossible takes its first choice.
    """

    cohort = Unicode()
    wave = Unicode()
    view = Unicode("standing")
    scale = Unicode("IDO")
    against = Unicode()
    characteristic = Unicode()
    leader = Unicode()
    search = Unicode()
    shortlist = List()

    def __init__(self, cohorts: Sequence[Cohort]) -> None:
        self.cohorts: Mapping[str, Mapping[str, Cohort]] = _by_name_and_wave(cohorts)
        self._people = {
            (name, wave): People(cohort).warmed()
            for name, waves in self.cohorts.items()
            for wave, cohort in waves.items()
        }
        super().__init__(cohort=next(iter(self.cohorts)))
        self.load()

    # ----------------------------------------------------------------------------------------------- what may be chosen

    def choices(self, name: str) -> dict[str, str]:
        """What the trait may be, and the words for it; empty where the view has no use for it."""
        return getattr(self, f"_{name}_choices")()

    def _cohort_choices(self) -> dict[str, str]:
        return {name: name for name in self.cohorts}

    def _wave_choices(self) -> dict[str, str]:
        return {wave: wave for wave in self.cohorts[self.cohort]}

    def _view_choices(self) -> dict[str, str]:
        return {view: t(f"explorer.view.{view}") for view in VIEWS}

    def _scale_choices(self) -> dict[str, str]:
        return self._named(_SCALES.get(self.view, ()))

    def _against_choices(self) -> dict[str, str]:
        return {code: name for code, name in self._named(_AGAINST.get(self.view, ())).items() if code != self.scale}

    def _characteristic_choices(self) -> dict[str, str]:
        asked = self.people.characteristics if self.view == "split" else ()
        return {code: self.people.instrument.items[code].fr for code in asked}

    def _named(self, scales: Sequence[str]) -> dict[str, str]:
        measures = self.people.measures
        return {code: measures[code].label for code in scales if code in measures}

    @validate("cohort", "wave", "view", "scale", "against", "characteristic", "leader")
    def _is_a_choice(self, proposal: Mapping) -> str:
        name, value = proposal["trait"].name, proposal["value"]
        known = self.people.place if name == "leader" else self.choices(name)
        if value and value not in known:
            raise AngleMortError(problem("AM645", name=name, value=value))
        return value

    @observe("cohort", "wave", "view", "scale", "leader")
    def _follow(self, _change: Mapping) -> None:
        """Choices that another one made impossible, and a search that is over."""
        with self.hold_trait_notifications():
            for name in ("wave", "scale", "against", "characteristic"):
                possible = self.choices(name)
                if getattr(self, name) not in possible:
                    self.set_trait(name, next(iter(possible), ""))
            if self.leader not in self.people.place:
                self.leader = ""
            if not self.leader.startswith(self._begun):
                self.search = ""

    @observe("search")
    def _find(self, _change: Mapping) -> None:
        found = self.found
        if len(found) == 1:
            self.leader = found[0]

    @property
    def _begun(self) -> str:
        return self.search.strip().casefold()

    @property
    def found(self) -> list[str]:
        """The leaders whose pseudonym begins with what is searched, nine at most."""
        if not self._begun:
            return []
        found = (leader for leader in self.people.ids if leader.startswith(self._begun))
        return [leader for leader, _ in zip(found, range(_FOUND + 1), strict=False)]

    # ------------------------------------------------------------------------------------------------- what is seen

    @property
    def people(self) -> People:
        """The leaders of the chosen wave."""
        waves = self.cohorts[self.cohort]
        return self._people[self.cohort, self.wave if self.wave in waves else next(iter(waves))]

    @property
    def released(self) -> Cohort:
        """The chosen wave as it was released."""
        return self.people.cohort

    @property
    def picture(self) -> Picture:
        """What the current view shows, ready to be painted."""
        people, leader = self.people, self.leader
        paint = {
            "standing": partial(rows.standing, people, self.scale, leader),
            "split": partial(rows.split, people, self.scale, self.characteristic, leader),
            "areas": partial(rows.areas, people, leader),
            "scenario": partial(rows.scenario, people, leader),
            "prototypes": partial(rows.prototypes, people, leader),
            "blocks": partial(planes.plane, people, self.scale, self.against, leader, "explorer.plane.together"),
            "consequences": partial(planes.plane, people, self.scale, self.against, leader, "explorer.plane.cause"),
        }
        return paint[self.view]()

    @property
    def frame(self) -> pd.DataFrame:
        """The same in words, with French headings: a row per leader, or per group where they are many."""
        return self.picture.frame()

    @property
    def heading(self) -> list[str]:
        """Whose leaders these are, that they are invented where they are, and who may see this."""
        told = self.released.certificate
        invented = [t("view.heading.demonstration")] if told["demonstration"] else []
        made = datetime.date.fromisoformat(str(told["day"]))
        who = t("explorer.heading.who", cohort=self.cohort, n=len(self.people), wave=self.wave, day=day(made))
        return [*invented, who, t("explorer.heading.audience")]

    @property
    def why(self) -> list[Told]:
        """What is known of the chosen leader; empty without one."""
        place = self.people.place.get(self.leader)
        return [] if place is None else why(self.people, place)

    # --------------------------------------------------------------------------------------------- the shortlist

    @property
    def questions(self) -> dict[str, str]:
        """Every question that may be kept, by code, those that the chosen leader's data suggest first."""
        place, known = self.people.place.get(self.leader), questions(self.people)
        first = [] if place is None else proposed(self.people, place)
        return {code: known[code] for code in dict.fromkeys([*first, *known])}

    def keep(self, question: str) -> None:
        """Put a question for the chosen leader on the list, once; raises AM645 for a question that is none of ours."""
        if question not in self.questions:
            raise AngleMortError(problem("AM645", name="question", value=question))
        entry = (self.released.name, self.leader, question)
        if self.leader and entry not in self.shortlist:
            self.shortlist = [*self.shortlist, entry]

    def drop(self, entry: shortlist.Kept) -> None:
        self.shortlist = [each for each in self.shortlist if each != entry]

    @property
    def kept(self) -> list[tuple[str, str, str]]:
        """The list in words: the cohort, the leader's pseudonym, the question."""
        known = questions(self.people)
        return [(cohort, leader, known[code]) for cohort, leader, code in self.shortlist]

    @property
    def store(self) -> Path:
        """The file of the list; raises AM648 for a cohort that is in no folder."""
        folder = self.released.folder
        if folder is None:
            raise AngleMortError(problem("AM648"))
        return shortlist.beside(folder)

    def load(self) -> None:
        """The list as it was saved, without those who are no longer in their cohort."""
        if self.released.folder is not None:
            present, known = self._present(), questions(self.people)
            kept = shortlist.load(self.store)
            self.shortlist = [each for each in kept if each[1] in present.get(each[0], ()) and each[2] in known]

    def save(self) -> None:
        """Write the list; what it holds of cohorts that are not open stays."""
        present = self._present()
        others = [each for each in shortlist.load(self.store) if each[0] not in present]
        shortlist.save(self.store, [*others, *self.shortlist])

    def _present(self) -> dict[str, set[str]]:
        """The leaders of every release that is open, by its name."""
        released = [each for waves in self.cohorts.values() for each in waves.values()]
        return {each.name: set(each.leaders["leader"]) for each in released}


def _by_name_and_wave(cohorts: Sequence[Cohort]) -> dict[str, dict[str, Cohort]]:
    """Releases by cohort, then by wave in order; another release of one wave stands under the name of its folder."""
    named: dict[str, dict[str, Cohort]] = {}
    for cohort in sorted(cohorts, key=lambda each: wave_number(_wave(each))):
        wave = _wave(cohort)
        name = cohort.name if wave == FIRST_WAVE else cohort.name.removesuffix(f"-{wave}")
        if wave in named.get(name, {}):
            name = f"{name} ({cohort.folder or len(named) + 1})"
        named.setdefault(name, {})[wave] = cohort
    return named


def _wave(cohort: Cohort) -> str:
    return str(cohort.leaders["wave"].iloc[0])
