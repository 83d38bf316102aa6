"""What was answered: a raw survey export becomes a matrix of codes and a list of what was set aside. Private.

``read_export`` reads the file (``files``), knows its columns (``columns``), sorts its rows (``rows``), codes its cells
(``coding``) and hands over an ``Intake`` (``table``); ``sentences`` tells its findings in French; ``answer_care`` says
with how much care each leader seems to have answered (``quality``). Nothing here writes a file.
"""

from angle_mort.responses.intake import read_export
from angle_mort.responses.quality import answer_care, seconds_taken
from angle_mort.responses.table import Counts, Dialect, Intake, sentences

__all__ = ["Counts", "Dialect", "Intake", "answer_care", "read_export", "seconds_taken", "sentences"]
