"""The only way out of the house: execute, keep what is marked, sanitise, render one page, scan it."""

from angle_mort.publishing.calendar import Entry, write_calendar
from angle_mort.publishing.index import IndexPage
from angle_mort.publishing.page import Page, page_from_notebook, page_from_script, page_from_views
from angle_mort.publishing.publication import publish
from angle_mort.publishing.scanning import scan
from angle_mort.publishing.script import check_parameters, read_cells
from angle_mort.publishing.spreadsheet import write_table

__all__ = [
    "Entry",
    "IndexPage",
    "Page",
    "check_parameters",
    "page_from_notebook",
    "page_from_script",
    "page_from_views",
    "publish",
    "read_cells",
    "scan",
    "write_calendar",
    "write_table",
]
