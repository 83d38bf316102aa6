"""Every sentence that a coach reads, in French, behind one function: ``t``."""

from angle_mort.text.catalogue import day, explain, keys, number, t

__all__ = ["day", "explain", "keys", "number", "t"]
