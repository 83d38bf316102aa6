"""The screen of a plan: widgets that carry what is typed to the model, and views back; a task's are made once."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from pathlib import Path

import anywidget
from ipywidgets import HTML, Button, Checkbox, Dropdown, HBox, Text, VBox
from traitlets import Unicode

from angle_mort import views
from angle_mort.errors import AngleMortError
from angle_mort.instrument import load_instrument
from angle_mort.planner.model import Planner, Task
from angle_mort.results import COACH
from angle_mort.text import explain, number, t
from angle_mort.views.delegation import holder_name, priority_name
from angle_mort.views.view import MARK

_WIDTHS = {"task": "30em", "priority": "22em", "hours": "14em", "holder": "17em", "who": "16em", "quarter": "12em"}
_SHORT = {"description_width": "initial"}
_VIEWS = ("plan_hours", "plan_curve", "plan_calendar")
_BUTTONS = ("add", "undo", "order", "save", "export")


class Status(anywidget.AnyWidget):
    """A sentence that screen readers say when it changes; JupyterLab leaves the keys of the panel around it alone."""

    _esm = Path(__file__).parent / "status.js"

    told = Unicode().tag(sync=True)


class Panel(VBox):
    """Widgets wired to ``model``; its output carries the mark of the coach, which no page takes."""

    def __init__(self, model: Planner) -> None:
        self.model = model
        self.rows: dict[int, Row] = {}
        self._told: dict[str, tuple] = {}
        self.table = VBox()
        self.buttons = {name: Button(description=t(f"planner.{name}")) for name in _BUTTONS}
        self.status = Status()
        self.shown = {name: HTML() for name in _VIEWS}
        actions = HBox(list(self.buttons.values()), layout={"flex_flow": "row wrap"})
        head = HTML(f"<p>{t('plan.heading.audience')} {t('planner.kept' if model.keeps else 'planner.not_kept')}</p>")
        super().__init__([head, self.table, actions, self.status, *self.shown.values()])
        self.add_class("am-planner")
        for name, button in self.buttons.items():
            button.on_click(lambda _, name=name: self._do(getattr(self, f"_{name}")))
        model.observe(self._rows_changed, "tasks")
        model.observe(self._chosen_changed, "chosen")
        self._rows_changed()

    # ------------------------------------------------------------------------------------------------- from widgets

    def _do(self, action: Callable[[], str]) -> None:
        """Do it, and say in French what came of it."""
        try:
            told = action()
        except AngleMortError as error:
            told = " ".join(explain(error))
        self.tell(told)

    def tell(self, told: str) -> None:
        """A sentence under the buttons; it says what is not saved yet. No words of a task are in it."""
        waiting = t("planner.unsaved") if self.model.unsaved and self.model.keeps else ""
        self.status.told = " ".join(filter(None, (told, waiting)))

    def _add(self) -> str:
        self.rows[self.model.add()].cells["task"].focus()
        return ""

    def _undo(self) -> str:
        return "" if self.model.undo() is not None else t("planner.nothing_removed")

    def _order(self) -> str:
        self.model.order()
        return t("planner.ordered")

    def _save(self) -> str:
        return t("planner.saved" if self.model.save() else "planner.not_saved")

    def _export(self) -> str:
        return t("planner.exported", paths=t("view.list_join").join(map(str, self.model.export())))

    # ------------------------------------------------------------------------------------------------- from the model

    def _rows_changed(self, _change: Mapping | None = None) -> None:
        tasks = {task.key: task for task in self.model.tasks}
        for gone in self.rows.keys() - tasks.keys():
            self.rows.pop(gone).drop()
        for place, task in enumerate(self.model.tasks, start=1):
            if task.key not in self.rows:
                self.rows[task.key] = Row(self, task)
            self.rows[task.key].show(place, task)
        self.table.children = [self.rows[key] for key in tasks]
        self._draw()

    def _chosen_changed(self, _change: Mapping) -> None:
        for row in self.rows.values():
            row.show_again()
        self._draw()

    def _draw(self) -> None:
        result = self.model.result
        for name, shown in self.shown.items():
            view = getattr(views, name)(result)
            told = (view.reading, view.alt, view.table.to_dict("list"))
            if self._told.get(name) != told:  # a picture takes a tenth of a second: none for a name that was typed
                self._told[name], shown.value = told, view.html
        self.tell("")

    def _repr_mimebundle_(self, **kwargs: object) -> tuple[dict, dict]:
        """The widget, marked for the coach alone; in words only what it is, never what it shows."""
        bundle = super()._repr_mimebundle_(**kwargs)
        data = bundle[0] if isinstance(bundle, tuple) else bundle
        return data | {"text/plain": t("plan.heading.audience")}, {MARK: {"audience": COACH}}


class Row(VBox):
    """The widgets of one task."""

    def __init__(self, panel: Panel, task: Task) -> None:
        self._panel, self._key, self._filling = panel, task.key, False
        self.cells = {name: self._cell(name) for name in _WIDTHS}
        self.only_me, self.what_if = (
            Checkbox(
                description=t(f"planner.{name}"), indent=False, layout={"width": "auto", "margin": "2px 1em 2px 0.6em"}
            )
            for name in ("only_me", "what_if")
        )
        self.remove = Button(description=t("planner.remove"))
        self.cells["only_me"] = self.only_me
        lines = [*self.cells.values(), self.what_if, self.remove]
        super().__init__(
            [HBox(lines, layout={"flex_flow": "row wrap"})],
            layout={"border_top": "1px solid var(--jp-border-color2, #ccc)", "padding": "4px 0"},
        )
        for name, cell in self.cells.items():
            cell.observe(lambda change, name=name: self._change(name, change["new"]), "value")
        self.what_if.observe(self._choose, "value")
        self.remove.on_click(lambda _: panel._do(self._remove))

    def _cell(self, name: str) -> Text | Dropdown:
        told = {
            "description": t(f"planner.{name}"),
            "style": _SHORT,
            "layout": {"width": f"min(100%, {_WIDTHS[name]})"},
        }
        if name in _CHOICES:
            return Dropdown(options=_CHOICES[name](self._panel.model), **told)
        return Text(continuous_update=False, **told)

    def _change(self, name: str, value: object) -> None:
        if not self._filling:
            self._panel._do(lambda: self._changed(name, value))

    def _changed(self, name: str, value: object) -> str:
        try:
            self._panel.model.change(self._key, name, value)
        finally:  # what was refused goes, and what was before comes back
            self.show_again()
        return ""

    def _choose(self, change: Mapping) -> None:
        if not self._filling:
            self._panel.model.choose(self._key, change["new"])

    def _remove(self) -> str:
        self._panel.model.remove(self._key)
        return t("planner.removed")

    def show_again(self) -> None:
        for place, task in enumerate(self._panel.model.tasks, start=1):
            if task.key == self._key:
                self.show(place, task)

    def show(self, place: int, task: Task) -> None:
        """Bring the widgets up to the task, which stands in this place."""
        self._filling = True
        try:
            for name, cell in self.cells.items():
                _fill(cell, _shown(task, name))
            self.what_if.value = task.key in self._panel.model.chosen
            for name, cell in (*self.cells.items(), ("what_if", self.what_if), ("remove", self.remove)):
                cell.tooltip = t("planner.of_line", what=t(f"planner.{name}"), n=place)
            self.cells["task"].description = t("planner.task_of", n=place)
            self.remove.description = t("planner.remove_of", n=place)
            self.what_if.disabled = task.only_me or task.holder == 2
        finally:
            self._filling = False

    def drop(self) -> None:
        """The widgets go, and leave no model behind."""
        for each in (*self.cells.values(), self.what_if, self.remove, *self.children, self):
            for part in (each.layout, getattr(each, "style", None), each):
                if part is not None:
                    part.close()


def _priorities(_model: Planner) -> list[tuple[str, str]]:
    facets = load_instrument().module("G").facets
    return [(priority_name(facet.code), facet.code) for facet in facets] + [(t("planner.no_priority"), "")]


def _holders(_model: Planner) -> list[tuple[str, str]]:
    return [(holder_name(float(code)), str(code)) for code in range(3)] + [(t("plan.unknown"), "")]


def _quarters(model: Planner) -> list[tuple[str, str]]:
    return [(t("planner.no_quarter"), ""), *((each, each) for each in model.quarters())]


_CHOICES: Mapping[str, Callable[[Planner], list]] = {"priority": _priorities, "holder": _holders, "quarter": _quarters}


def _shown(task: Task, name: str) -> object:
    """A value of a task as its widget has it: unknown is nothing."""
    value = getattr(task, name)
    if name == "hours" and not math.isnan(value):
        return number(value, 2).removesuffix("00").removesuffix("0").removesuffix(",")
    if name in ("hours", "holder"):
        return "" if math.isnan(value) else str(int(value))
    return value


def _fill(cell: Text | Dropdown | Checkbox, value: object) -> None:
    if isinstance(cell, Dropdown) and value not in dict(cell.options).values():
        cell.options = (*cell.options, (value, value))  # a quarter of an older plan, set through the model
    if cell.value != value:
        cell.value = value
