"""From answers to scores, each with its margin, and what the margins allow to say."""

from angle_mort.scores.bands import bands
from angle_mort.scores.change import reliable_change
from angle_mort.scores.dominance import dominant_block
from angle_mort.scores.norms import build_norms
from angle_mort.scores.reliability import item_analysis, reliability
from angle_mort.scores.scales import NOT_CALCULABLE, OK, PROVISIONAL, score_responses

__all__ = [
    "NOT_CALCULABLE",
    "OK",
    "PROVISIONAL",
    "ScaleScorer",
    "bands",
    "build_norms",
    "dominant_block",
    "item_analysis",
    "reliability",
    "reliable_change",
    "score_responses",
]


def __getattr__(name: str) -> object:
    """``ScaleScorer`` brings scikit-learn with it: imported only when somebody asks for it."""
    if name == "ScaleScorer":
        from angle_mort.scores.scorer import ScaleScorer

        return ScaleScorer
    raise AttributeError(name)
