"""One notebook, one canary per way out: an invented person in every place where a name has been seen to leave."""

from __future__ import annotations

import base64
import io
import json
import random
import struct
import zipfile
import zlib

import nbformat
import pandas as pd
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output, new_raw_cell
from openpyxl import Workbook
from pypdf import PdfWriter

from angle_mort.publishing.scanning.pictures import PNG
from angle_mort.results import LEADER, SPONSOR

Notebook = nbformat.NotebookNode
SYLLABLES = [first + second for first in "bdfgklmnprtvz" for second in ("a", "é", "i", "o", "ou", "u")]


def canary(number: int) -> dict[str, str]:
    """An invented person, whose name, address and numbers exist nowhere else."""
    picked = random.Random(number).choices(SYLLABLES, k=5)
    first, last = f"{picked[0]}{picked[1]}bert".capitalize(), f"{picked[2]}{picked[3]}{picked[4]}veau".capitalize()
    return {
        "person": f"{first} {last}",
        "company": f"Ateliers {last}-{number}",
        "email": f"{first}.{last}@{last}.example".lower(),
        "phone": f"06{number:08d}",
        "siret": f"{number:05d}123400017",
    }


def output(data: dict[str, object], audience: str | None = SPONSOR, **metadata: object) -> Notebook:
    mark = {"angle_mort": {"audience": audience, "demonstration": True}} if audience else {}
    return new_output("display_data", data, metadata=mark | metadata)


def showing(*outputs: Notebook, **cell: object) -> Notebook:
    return new_notebook(cells=[new_code_cell("1", outputs=list(outputs), **cell)])


def marked(html: str) -> Notebook:
    return showing(output({"text/html": html}))


def with_metadata(**metadata: object) -> Notebook:
    return new_notebook(cells=[], metadata=metadata)


# ----------------------------------------------------------------------------------------------------------- wrappings


def chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def png(*notes: bytes, behind: bytes = b"") -> bytes:
    head = chunk(b"IHDR", struct.pack(">IIBBBBB", 1, 1, 8, 0, 0, 0, 0))
    return PNG + head + b"".join(notes) + chunk(b"IDAT", zlib.compress(b"\x00\xff")) + chunk(b"IEND", b"") + behind


def b64(content: str | bytes) -> str:
    return base64.b64encode(content.encode() if isinstance(content, str) else content).decode()


def picture(content: bytes) -> str:
    return f'<img src="data:image/png;base64,{b64(content)}" alt="Une figure">'


def zipped(text: str) -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("notes.txt", text)
    return content.getvalue()


def workbook(text: str) -> bytes:
    book, content = Workbook(), io.BytesIO()
    book.active.append(["Nom", text])
    book.save(content)
    return content.getvalue()


def document(title: str) -> bytes:
    writer, content = PdfWriter(), io.BytesIO()
    writer.add_blank_page(width=100, height=100)
    writer.add_metadata({"/Title": title})
    writer.write(content)
    return content.getvalue()


def look_alike(text: str) -> str:
    return text.translate(str.maketrans("aeo", "\u0430\u0435\u043e"))


# ------------------------------------------------------------------------------------- what the gate leaves behind

LEFT_BEHIND = {
    "unmarked output": lambda who: showing(output({"text/html": f"<p>{who}</p>"}, None)),
    "printed": lambda who: showing(new_output("stream", name="stdout", text=who)),
    "warning": lambda who: showing(new_output("stream", name="stderr", text=f"UserWarning: {who}")),
    "error value": lambda who: showing(new_output("error", ename="KeyError", evalue=who, traceback=[])),
    "traceback": lambda who: showing(
        new_output("error", ename="E", evalue="x", traceback=["\x1b[31m" + who.replace(" ", "\x1b[0m \x1b[31m")])
    ),
    "code": lambda who: new_notebook(cells=[new_code_cell(f"chosen = {who!r}")]),
    "comment in code": lambda who: new_notebook(cells=[new_code_cell(f"1  # {who}")]),
    "injected parameters": lambda who: new_notebook(
        cells=[new_code_cell(f'cohort_path = "../{who}"', metadata={"tags": ["injected-parameters"]})]
    ),
    "papermill parameters": lambda who: with_metadata(papermill={"parameters": {"leader": who}}),
    "authors": lambda who: with_metadata(authors=[{"name": who}]),
    "title": lambda who: with_metadata(title=who),
    "kernel": lambda who: with_metadata(
        kernelspec={"name": "python3", "display_name": f"Python 3 ({who})", "language": "python"}
    ),
    "widget state": lambda who: with_metadata(
        widgets={"application/vnd.jupyter.widget-state+json": {"state": {"a": {"state": {"options": [who]}}}}}
    ),
    "widget view": lambda who: showing(output({"application/vnd.jupyter.widget-view+json": {"model_id": who}})),
    "cell tag": lambda who: new_notebook(cells=[new_code_cell("1", metadata={"tags": [who]})]),
    "cell name": lambda who: new_notebook(cells=[new_code_cell("1", metadata={"name": who})]),
    "cell id": lambda who: new_notebook(
        cells=[new_code_cell("1", id=who.encode("ascii", "ignore").decode().replace(" ", "-"))]
    ),
    "slide note": lambda who: new_notebook(cells=[new_code_cell("1", metadata={"slideshow": {"note": who}})]),
    "hidden cell": lambda who: new_notebook(
        cells=[new_code_cell(repr(who), metadata={"jupyter": {"source_hidden": True, "outputs_hidden": True}})]
    ),
    "coach's note": lambda who: new_notebook(cells=[new_markdown_cell(f"À rappeler : **{who}**")]),
    "heading": lambda who: new_notebook(cells=[new_markdown_cell(f"# Séance avec {who}")]),
    "comment in a note": lambda who: new_notebook(cells=[new_markdown_cell(f"<!-- {who} -->")]),
    "attached picture": lambda who: new_notebook(
        cells=[new_markdown_cell("![x](attachment:x.png)", attachments={"x.png": {"image/png": b64(png(note(who)))}})]
    ),
    "name of an attached file": lambda who: new_notebook(
        cells=[new_markdown_cell("x", attachments={f"{who}.png": {"image/png": b64(png())}})]
    ),
    "raw cell": lambda who: new_notebook(cells=[new_raw_cell(who)]),
    "another audience": lambda who: showing(output({"text/html": f"<p>{who}</p>"}, LEADER)),
    "JSON beside": lambda who: showing(output({"text/html": "<p>ok</p>", "application/json": {"rows": [[who]]}})),
    "text beside": lambda who: showing(output({"text/html": "<p>ok</p>", "text/plain": who})),
    "SVG": lambda who: showing(output({"image/svg+xml": f"<svg><title>{who}</title></svg>"})),
    "Markdown output": lambda who: showing(output({"text/markdown": f"**{who}**"})),
    "formula output": lambda who: showing(output({"text/latex": f"$\\text{{{who}}}$"})),
    "program output": lambda who: showing(output({"application/javascript": f"alert({who!r})"})),
    "chart data": lambda who: showing(output({"application/vnd.vegalite.v5+json": {"data": {"values": [{"n": who}]}}})),
    "data explorer": lambda who: showing(output({"application/vnd.dataresource+json": {"data": [{"nom": who}]}})),
    "JPEG": lambda who: showing(
        output({"image/jpeg": b64(b"\xff\xd8\xff\xe1\x00\x10Exif" + who.encode() + b"\xff\xd9")})
    ),
    "PDF": lambda who: showing(output({"application/pdf": b64(document(who))})),
    "metadata beside the mark": lambda who: showing(output({"text/html": "<p>ok</p>"}, note=who)),
    "inside the mark": lambda who: showing(
        new_output(
            "display_data",
            {"text/html": "<p>ok</p>"},
            metadata={"angle_mort": {"audience": SPONSOR, "demonstration": True, "view": who}},
        )
    ),
    "script": lambda who: marked(f"<p>ok</p><script>name = {who!r}</script>"),
    "JSON in a script": lambda who: marked(f'<p>ok</p><script type="application/json">{json.dumps([who])}</script>'),
    "style": lambda who: marked(f"<p>ok</p><style>/* {who} */</style>"),
    "comment": lambda who: marked(f"<p>ok</p><!-- {who} -->"),
    "base64 in a comment": lambda who: marked(f"<p>ok</p><!-- {b64('nom : ' + who)} -->"),
    "entities in a comment": lambda who: marked("<p>ok</p><!-- " + "".join(f"&#{ord(each)};" for each in who) + " -->"),
    "title attribute": lambda who: marked(f'<p title="{who}">ok</p>'),
    "class": lambda who: marked(f'<p class="{who}">ok</p>'),
    "id": lambda who: marked(f'<p id="{who}">ok</p>'),
    "data attribute": lambda who: marked(f'<p data-leader="{who}">ok</p>'),
    "label": lambda who: marked(f'<p aria-label="{who}">ok</p>'),
    "style attribute": lambda who: marked(f"<p style=\"--n: '{who}'\">ok</p>"),
    "handler": lambda who: marked(f"<p onclick=\"show('{who}')\">ok</p>"),
    "link": lambda who: marked(f'<p>ok</p><a href="mailto:?subject={who}">x</a>'),
    "percent signs in a link": lambda who: marked(
        '<p>ok</p><a href="/?q=' + "".join(f"%{each:02x}" for each in who.encode()) + '">x</a>'
    ),
    "form field": lambda who: marked(f'<p>ok</p><input type="hidden" value="{who}">'),
    "meta": lambda who: marked(f'<p>ok</p><meta name="author" content="{who}">'),
    "frame": lambda who: marked(f'<p>ok</p><iframe srcdoc="<p>{who}</p>"></iframe>'),
    "look-alike letters": lambda who: marked(f'<p title="{look_alike(who)}">ok</p>'),
    "zero widths": lambda who: marked(f'<p title="{chr(0x200B).join(who)}">ok</p>'),
    "letter by letter": lambda who: marked(f'<p title="{"-".join(who.split()[1])}">ok</p>'),
    "text in a picture's notes": lambda who: marked(picture(png(note(who)))),
    "packed text in a picture's notes": lambda who: marked(
        picture(png(chunk(b"zTXt", b"Comment\x00\x00" + zlib.compress(who.encode("latin-1")))))
    ),
    "international text in a picture's notes": lambda who: marked(
        picture(png(chunk(b"iTXt", b"Author\x00\x01\x00fr\x00Auteur\x00" + zlib.compress(who.encode()))))
    ),
    "camera notes": lambda who: marked(picture(png(chunk(b"eXIf", b"MM\x00*" + who.encode())))),
    "behind a picture": lambda who: marked(picture(png(behind=who.encode()))),
    "ZIP behind a picture": lambda who: marked(picture(png(behind=zipped(who)))),
    "SVG as a picture": lambda who: marked(
        f'<p>ok</p><img src="data:image/svg+xml;base64,{b64(f"<svg><desc>{who}</desc></svg>")}">'
    ),
    "table to download": lambda who: marked(f'<p>ok</p><a href="data:text/csv;base64,{b64(f"nom,{who}")}">x</a>'),
    "workbook to download": lambda who: marked(
        f'<p>ok</p><a href="data:application/octet-stream;base64,{b64(workbook(who))}">x</a>'
    ),
}
"""A page is made and the canary is not in it."""


def note(who: str) -> bytes:
    return chunk(b"tEXt", b"Title\x00" + who.encode("latin-1"))


# --------------------------------------------------------------------------------------------- what the scanner stops

STOPPED = {
    "in a sentence": lambda who: marked(f"<p>Vu avec {who}.</p>"),
    "in capitals": lambda who: marked(f"<p>{who.upper()}</p>"),
    "in lower case, family name first": lambda who: marked(f"<p>{' '.join(reversed(who.lower().split()))}</p>"),
    "across tags": lambda who: marked(f"<p>{who[:3]}<strong>{who[3:9]}</strong>{who[9:]}</p>"),
    "alternative text": lambda who: marked(picture(png()).replace("Une figure", who)),
    "cell of a table": lambda who: marked(pd.DataFrame({"Nom": [who]}).to_html()),
    "row label of a table": lambda who: marked(pd.DataFrame({"A": [1]}, index=[who]).to_html()),
    "heading of a table": lambda who: marked(pd.DataFrame({who: [1]}).to_html()),
    "hidden paragraph": lambda who: marked(f"<p hidden>{who}</p>"),
    "entities": lambda who: marked("<p>" + "".join(f"&#{ord(each)};" for each in who) + "</p>"),
    "entities of entities": lambda who: marked("<p>" + "".join(f"&amp;#{ord(each)};" for each in who) + "</p>"),
    "look-alike letters in a sentence": lambda who: marked(f"<p>{look_alike(who)}</p>"),
    "zero widths in a sentence": lambda who: marked(f"<p>{chr(0x200B).join(who)}</p>"),
    "letter by letter in a sentence": lambda who: marked(f"<p>{' '.join(who.split()[1])}</p>"),
    "base64 in a sentence": lambda who: marked(f"<p>{b64(who)}</p>"),
    "percent signs in a sentence": lambda who: marked(
        "<p>" + "".join(f"%{each:02x}" for each in who.encode()) + "</p>"
    ),
    "hexadecimal in a sentence": lambda who: marked(f"<p>{who.encode().hex()}</p>"),
    "escapes in a sentence": lambda who: marked("<p>" + "".join(f"\\u{ord(each):04x}" for each in who) + "</p>"),
    "ZIP in base64 in a sentence": lambda who: marked(f"<p>{b64(zipped(who))}</p>"),
    "text alone": lambda who: showing(output({"text/plain": f"<Leader {who}>"})),
    "text of a picture alone": lambda who: showing(output({"image/png": b64(png()), "text/plain": who})),
}
"""Words in a marked output, which nothing tells from a sentence of ours: no page is made."""
