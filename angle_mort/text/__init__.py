"""Every sentence that a coach reads, in French, behind one function: ``t``."""

from angle_mort.text.catalogue import command, day, explain, keys, number, t, typeset

__all__ = ["command", "day", "explain", "keys", "number", "t", "typeset"]
