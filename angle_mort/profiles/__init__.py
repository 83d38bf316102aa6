"""Who resembles whom: declared prototypes for small cohorts, fitted mixtures for large ones, and when to say neither.

``place_among_prototypes`` is light; the rest brings scikit-learn with it and is imported when somebody asks for it.
"""

from importlib import import_module

from angle_mort.profiles.prototypes import place_among_prototypes

_SHELF = {
    "FAMILIES": "families",
    "ProfileMixture": "mixture",
    "ProfileModel": "model",
    "ProfileReading": "reading",
    "Verdict": "selection",
    "compare_profiles": "selection",
    "read_profiles": "reading",
    "verdict": "selection",
}

__all__ = [*_SHELF, "place_among_prototypes"]


def __getattr__(name: str) -> object:
    if name not in _SHELF:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_SHELF[name]}"), name)
