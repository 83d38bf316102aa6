"""What is asked: the questionnaire, its norms and its prototypes, read from files that people can read."""

from angle_mort.instrument.loading import NORMS, load_instrument, load_norms, load_prototypes, write_norms
from angle_mort.instrument.model import NOT_APPLICABLE, Instrument, Item, Module, Norms, Prototypes

__all__ = [
    "NORMS",
    "NOT_APPLICABLE",
    "Instrument",
    "Item",
    "Module",
    "Norms",
    "Prototypes",
    "load_instrument",
    "load_norms",
    "load_prototypes",
    "write_norms",
]
