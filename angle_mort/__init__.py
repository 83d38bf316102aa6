"""Angle Mort: why the owner of a small firm keeps everything, told with its margins.

``import angle_mort as am`` costs little: each name below is loaded when it is first used.
"""

from __future__ import annotations

from importlib import import_module

__version__ = "0.1.0"

_SHELF = {
    "AngleMortError": "errors",
    "ProfileMixture": "profiles",
    "ProfileModel": "profiles",
    "ScaleScorer": "scores",
    "answer_care": "responses",
    "build_norms": "scores",
    "compare_cohorts": "joined",
    "compared_report": "joined",
    "compare_profiles": "profiles",
    "cross_checks": "scores",
    "dominant_block": "scores",
    "explore": "explorer",
    "follow_cohort": "followed",
    "join_cohorts": "joined",
    "leader_report": "cohort",
    "load_cohort": "cohort",
    "load_pool": "cohort",
    "load_instrument": "instrument",
    "make_cohort": "datasets",
    "open_vault": "vault",
    "plan_delegation": "planner",
    "publish": "cohort",
    "read_export": "responses",
    "reliability": "scores",
    "reliable_change": "scores",
    "report": "cohort",
    "score_responses": "scores",
    "views": None,
    "write_table": "cohort",
    "write_norms": "instrument",
}

__all__ = ["__version__", *_SHELF]


def __getattr__(name: str) -> object:
    if name not in _SHELF:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    room = _SHELF[name]
    import_module(f"{__name__}.text")  # so that whatever goes wrong from here on is told in French
    value = import_module(f"{__name__}.{name}") if room is None else getattr(import_module(f"{__name__}.{room}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted(__all__)
