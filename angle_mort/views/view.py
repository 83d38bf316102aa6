"""A view: one result made visible, with the mark of the audience that it may be shown to."""

from __future__ import annotations

import base64
import io
import struct
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache, cached_property
from typing import TYPE_CHECKING

import pandas as pd

from angle_mort.results import DelegationPlan, LeaderSheet, Summary
from angle_mort.text import typeset

if TYPE_CHECKING:
    from jinja2 import Template
    from matplotlib.figure import Figure

MARK = "angle_mort"
"""The key of an output's metadata that holds the audience; the publishing gate lets nothing else through."""

DPI = 200


@dataclass(frozen=True)
class View:
    """A figure (or none), its table in French, its alternative text, and the sentence that reads it.

    ``frame()`` gives the table; ``figure`` a Matplotlib figure, or None for a view that is a table only. In a notebook
    a view shows itself as HTML with the picture inside, and marks its output with ``audience``. ``reserved`` is shown
    beside it as an output of its own, whose own mark keeps it from every page. ``leader`` is the row id of the one
    person whom it tells of, if it does.
    """

    name: str
    audience: str
    cohort: str
    demonstration: bool
    reading: tuple[str, ...]
    alt: str
    table: pd.DataFrame
    caption: str
    draw: Callable[[], Figure] | None = None
    title: str = ""
    reserved: View | None = None
    leader: str = ""

    @cached_property
    def figure(self) -> Figure | None:
        return self.draw() if self.draw else None

    def frame(self) -> pd.DataFrame:
        """The numbers behind the view, a copy, with French headings."""
        return self.table.copy()

    @cached_property
    def png(self) -> bytes | None:
        """The picture without any metadata inside."""
        if self.figure is None:
            return None
        from matplotlib.backends.backend_agg import FigureCanvasAgg

        FigureCanvasAgg(self.figure)
        canvas = io.BytesIO()
        self.figure.savefig(canvas, format="png", dpi=DPI, metadata={"Software": None})
        return canvas.getvalue()

    @property
    def size(self) -> tuple[int, int]:
        """Width and height of the picture in pixels, so that a page keeps its place before it is drawn."""
        return struct.unpack(">II", self.png[16:24]) if self.png else (0, 0)

    @cached_property
    def html(self) -> str:
        """The view as a fragment of HTML: every text is escaped, the picture is inside."""
        picture = base64.b64encode(self.png).decode() if self.png else None
        return typeset(_template().render(view=self, picture=picture))

    def mark(self) -> dict[str, object]:
        """Who may see it, and of which cohort it is: what the publishing gate asks of an output."""
        told = {
            "audience": self.audience,
            "view": self.name,
            "cohort": self.cohort,
            "demonstration": self.demonstration,
        }
        return {MARK: told | ({"leader": self.leader} if self.leader else {})}

    def _ipython_display_(self) -> None:
        from IPython.display import display

        for view in (self, self.reserved):
            if view:
                display(view._repr_mimebundle_()[0], raw=True, metadata=view.mark())

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> tuple[dict, dict]:
        return {"text/html": self.html, "text/plain": self.alt or self.caption}, self.mark()


def of(summary: Summary | LeaderSheet | DelegationPlan, name: str, **parts: object) -> View:
    """A view that carries the audience of the summary it was made from."""
    told = {"audience": summary.audience, "cohort": summary.seal, "demonstration": summary.demonstration}
    told |= {"leader": summary.leader} if isinstance(summary, LeaderSheet | DelegationPlan) else {}
    return View(name=name, **told | parts)


@cache
def _template() -> Template:
    from jinja2 import Environment, PackageLoader

    house = Environment(
        loader=PackageLoader("angle_mort.views", ""), autoescape=True, trim_blocks=True, lstrip_blocks=True
    )
    return house.get_template("view.html")
