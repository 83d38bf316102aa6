"""From answers to scores, each with its margin, and what the margins allow to say."""

from angle_mort.scores.bands import bands
from angle_mort.scores.change import reliable_change
from angle_mort.scores.crosschecks import cross_checks
from angle_mort.scores.dominance import dominant_block
from angle_mort.scores.items import answer_shares, item_statistics
from angle_mort.scores.norms import build_norms
from angle_mort.scores.questionnaire import questionnaire_statistics
from angle_mort.scores.reliability import item_analysis, reliability
from angle_mort.scores.scales import NOT_CALCULABLE, OK, PROVISIONAL, score_responses
from angle_mort.scores.structure import (
    compare_structures,
    parallel_analysis,
    preferred_structure,
    scale_correlations,
)

__all__ = [
    "NOT_CALCULABLE",
    "OK",
    "PROVISIONAL",
    "ScaleScorer",
    "answer_shares",
    "bands",
    "build_norms",
    "compare_structures",
    "cross_checks",
    "dominant_block",
    "item_analysis",
    "item_statistics",
    "parallel_analysis",
    "preferred_structure",
    "questionnaire_statistics",
    "reliability",
    "reliable_change",
    "scale_correlations",
    "score_responses",
]


def __getattr__(name: str) -> object:
    """``ScaleScorer`` brings scikit-learn with it: imported only when somebody asks for it."""
    if name == "ScaleScorer":
        from angle_mort.scores.scorer import ScaleScorer

        return ScaleScorer
    raise AttributeError(name)
