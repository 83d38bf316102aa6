"""The command line: what a coach types, in French, with one sentence for whatever goes wrong."""

from angle_mort.cli.app import main

__all__ = ["main"]
