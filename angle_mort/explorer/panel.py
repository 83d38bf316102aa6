"""The screen itself: widgets that only carry a choice to the model and a picture back; none is ever rebuilt."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping

from ipywidgets import Button, Dropdown, HBox, Select, Text, VBox

from angle_mort.errors import AngleMortError
from angle_mort.explorer.drawing import Drawing
from angle_mort.explorer.model import Explorer
from angle_mort.results import COACH
from angle_mort.text import explain, t
from angle_mort.views.view import MARK

_CHOICES = ("cohort", "wave", "view", "scale", "against", "characteristic")
_WIDE = {"description_width": "8.5em"}


class Panel(VBox):
    """Widgets wired to ``model``; its output carries the mark of the coach, which no page takes.

    Changes that come in one burst are painted once: a picture always shows the last choice, and earlier ones that were
    not painted yet are dropped.
    """

    def __init__(self, model: Explorer) -> None:
        self.model = model
        self._waiting = self._filling = False
        self.choosers = {name: _dropdown(name) for name in _CHOICES}
        self.search = Text(
            description=t("explorer.control.search"),
            placeholder=t("explorer.control.search_hint"),
            continuous_update=False,
            style=_WIDE,
            layout={"width": "min(100% - 4px, 30em)"},
        )
        self.drawing = Drawing()
        self.question = _dropdown("question", "min(100% - 4px, 46em)")
        self.list = Select(
            description=t("explorer.control.list"), rows=5, style=_WIDE, layout={"width": "min(100% - 4px, 46em)"}
        )
        self.buttons = {name: Button(description=t(f"explorer.control.{name}")) for name in ("keep", "drop", "save")}
        controls = HBox([*self.choosers.values(), self.search], layout={"flex_flow": "row wrap"})
        actions = HBox(list(self.buttons.values()), layout={"flex_flow": "row wrap"})
        for name, box in {"controls": controls, "actions": actions}.items():
            box.add_class(f"am-{name}")
        super().__init__([controls, self.drawing, self.question, actions, self.list])
        self.add_class("am-explorer")
        self._wire()
        self.show()

    def _wire(self) -> None:
        for name, chooser in self.choosers.items():
            chooser.observe(lambda change, name=name: self._choose(name, change["new"]), "value")
        self.search.observe(lambda change: self._choose("search", change["new"]), "value")
        self.drawing.observe(lambda change: self._choose("leader", change["new"]), "chosen")
        actions = {"keep": self._keep, "drop": self._drop, "save": self._save}
        for name, button in self.buttons.items():
            button.on_click(lambda _, name=name: self._tell(actions[name]))
        self.model.observe(self._changed)

    # ------------------------------------------------------------------------------------------- from widgets to model

    def _choose(self, name: str, value: str | None) -> None:
        if not self._filling:
            self.drawing.status = ""
            try:
                self.model.set_trait(name, value or "")
            except AngleMortError:  # a click on what went in the meantime: the screen shows what is there
                self.show()

    def _keep(self) -> str:
        self.model.keep(self.question.value)
        return t("explorer.kept" if self.model.leader else "explorer.choose")

    def _drop(self) -> str:
        if self.list.value:
            self.model.drop(self.list.value)
        return ""

    def _save(self) -> str:
        self.model.save()
        return t("explorer.saved", path=str(self.model.store))

    def _tell(self, action) -> None:
        """Do it, and say in French what came of it."""
        try:
            told = action()
        except AngleMortError as error:
            told = " ".join(explain(error))
        self.drawing.status = told

    # ------------------------------------------------------------------------------------------- from model to widgets

    def _changed(self, _change: Mapping) -> None:
        try:
            loop = asyncio.get_running_loop()
        except RuntimeError:
            self.show()
            return
        if not self._waiting:
            self._waiting = True
            loop.call_soon(self.show)

    def show(self) -> None:
        """Bring every widget up to the model, and paint."""
        self._waiting, self._filling = False, True
        try:
            for name, chooser in self.choosers.items():
                _fill(chooser, self.model.choices(name), getattr(self.model, name))
            _fill(self.question, self.model.questions)
            _fill_list(self.list, self.model)
            self.search.value = self.model.search
            self.drawing.chosen = self.model.leader
            self.drawing.paint(self.model)
        finally:
            self._filling = False

    def _repr_mimebundle_(self, **kwargs: object) -> tuple[dict, dict]:
        """The widget, marked for the coach alone; in words only what it is, never what it shows."""
        bundle = super()._repr_mimebundle_(**kwargs)
        data = bundle[0] if isinstance(bundle, tuple) else bundle
        return data | {"text/plain": t("explorer.heading.audience")}, {MARK: {"audience": COACH}}


def _dropdown(name: str, width: str = "min(100% - 4px, 30em)") -> Dropdown:
    return Dropdown(description=t(f"explorer.control.{name}"), options=[], style=_WIDE, layout={"width": width})


def _fill(chooser: Dropdown, choices: Mapping[str, str], value: str | None = None) -> None:
    """New options where they changed, with their first one without a ``value``; without any, the chooser is hidden."""
    options = tuple((name, code) for code, name in choices.items())
    with chooser.hold_sync():
        if chooser.options != options:
            chooser.options, chooser.value = options, value or next(iter(choices), None)
        elif value and chooser.value != value:
            chooser.value = value
    display = None if options else "none"
    if chooser.layout.display != display:
        chooser.layout.display = display


def _fill_list(shown: Select, model: Explorer) -> None:
    words = [t("explorer.entry", cohort=cohort, leader=leader, question=asked) for cohort, leader, asked in model.kept]
    options = tuple(zip(words, model.shortlist, strict=True))
    if shown.options != options:
        shown.options = options
