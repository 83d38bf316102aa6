"""The path of four steps: where a leader stands on each, and which looks weakest. It suggests and never decides."""

from angle_mort.roadmap.steps import step_evidence, weakest_of, weakest_step

__all__ = ["step_evidence", "weakest_of", "weakest_step"]
