"""What nobody foresaw, told in one sentence; a variable shows it whole to those who mend it."""

from __future__ import annotations

import os

from angle_mort.errors import AngleMortError, problem

DEBUG_VARIABLE = "ANGLE_MORT_DEBUG"


def unforeseen(error: Exception) -> AngleMortError:
    """The coded error for an exception of any kind; the exception itself when ANGLE_MORT_DEBUG is set."""
    if os.environ.get(DEBUG_VARIABLE):
        raise error
    return AngleMortError(problem("AM800", kind=type(error).__name__, variable=DEBUG_VARIABLE))
