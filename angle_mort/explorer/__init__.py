"""The coach's screen: one cohort looked at from seven sides, leader by leader, for the coach alone.

``model`` holds every choice and knows no widget; ``panel`` wires widgets to it; ``drawing`` paints in the browser.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from angle_mort.cohort import Cohort, load_cohort
from angle_mort.errors import AngleMortError, problem

if TYPE_CHECKING:
    from angle_mort.explorer.panel import Panel

__all__ = ["explore"]


def explore(*cohorts: str | Path | Cohort) -> Panel:
    """The explorer of some released cohorts, each given as its folder or as loaded; it is shown by the cell it ends.

    The later waves that stand beside a folder (NAME-T1) come with it. What it shows is of single people, and marked for
    the coach alone: ``am.publish`` lets none of it out. ``.model`` holds every choice as a trait. Raises
    ``AngleMortError`` AM628 without any cohort, and those of ``load_cohort``.

    >>> from angle_mort.shipped import shipped
    >>> screen = explore(shipped("demo") / "cohorte")
    >>> screen.model.view, screen.model.scale = "split", "D2"
    >>> screen.model.frame.shape
    (2, 3)
    """
    from angle_mort.explorer.model import Explorer
    from angle_mort.explorer.panel import Panel

    if not cohorts:
        raise AngleMortError(problem("AM628"))
    loaded = [each for each in cohorts if isinstance(each, Cohort)]
    given = dict.fromkeys(Path(each) for each in cohorts if not isinstance(each, Cohort))
    folders = dict.fromkeys(wave for each in given for wave in (each, *sorted(each.parent.glob(f"{each.name}-T*"))))
    return Panel(Explorer([*loaded, *map(load_cohort, folders)]))
