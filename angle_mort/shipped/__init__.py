"""What travels with the package: the notebooks and the demonstration, in the wheel or beside it in a clone."""

from __future__ import annotations

from pathlib import Path

_HERE = Path(__file__).parent
_CLONE = {"notebooks": "notebooks", "demo": "data/demo"}


def shipped(name: str) -> Path:
    """The folder of the shipped ``notebooks`` or ``demo``.

    >>> (shipped("notebooks") / "01_lire_une_cohorte.ipynb").exists()
    True
    """
    inside = _HERE / name
    return inside if inside.is_dir() else _HERE.parents[1] / _CLONE[name]
