"""How far a long cell has come: a bar that the coach watches, and that no page keeps."""

from __future__ import annotations

from collections.abc import Callable

from angle_mort.text import t


def progress() -> Callable[[int, int], None]:
    """A bar under the cell; call it with (done, total). It carries no mark: it never leaves the notebook."""
    from IPython.display import display
    from ipywidgets import IntProgress

    bar = IntProgress(value=0, max=1, description="", layout={"width": "60%"})
    display(bar)

    def tell(done: int, total: int) -> None:
        bar.max, bar.value = total, done
        bar.description = t("view.profiles.progress", done=done, total=total)

    return tell
