"""The part of the screen that is painted by a few lines of our own in the browser, and asks nothing of any network."""

from __future__ import annotations

from pathlib import Path

import anywidget
from traitlets import Dict, Unicode

from angle_mort.explorer.model import Explorer
from angle_mort.text import t
from angle_mort.views.words import listed

_HERE = Path(__file__).parent


class Drawing(anywidget.AnyWidget):
    """A picture, its sentences, its table, and what is known of the leader ``chosen`` in it.

    ``state`` is all that the browser paints, one value per change; its ``number`` grows by one each time, and stands in
    the attribute ``data-state`` of the page once that state is painted.
    """

    _esm = _HERE / "drawing.js"
    _css = _HERE / "drawing.css"

    state = Dict().tag(sync=True)
    chosen = Unicode().tag(sync=True)
    status = Unicode().tag(sync=True)

    def paint(self, model: Explorer) -> None:
        """Show what the model shows now."""
        self.state = {
            "number": self.state.get("number", 0) + 1,
            "heading": model.heading,
            "picture": vars(model.picture),
            "why": model.why,
            "leader": model.leader,
            "search": _searched(model),
            "words": {word: t(f"explorer.word.{word}") for word in ("table", "why", "keys")},
        }


def _searched(model: Explorer) -> str:
    """What came of the search, where it did not end with one leader."""
    found = model.found
    if not model.search.strip() or len(found) == 1:
        return ""
    names = listed(found[:8]) + ("…" if len(found) > 8 else "")
    return t("explorer.found", values=names) if found else t("explorer.not_found")
