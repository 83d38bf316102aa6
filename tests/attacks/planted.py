"""Ten thousand invented people planted in notebooks, in lower case, in capitals, without accents."""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Iterator

import pandas as pd
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output, new_raw_cell

from angle_mort.publishing.scanning import Known
from angle_mort.publishing.scanning.findings import found_in
from angle_mort.publishing.scanning.pieces import Piece
from angle_mort.tokens import KnownTokens
from tests.attacks.canaries import marked, output
from tests.tokens.invented import people

ROLES = ("person", "town", "company", "phone", "email", "siret")


def without_accents(text: str) -> str:
    return "".join(each for each in unicodedata.normalize("NFKD", text) if not unicodedata.combining(each))


WRITINGS = {"as it is": str, "lower case": str.lower, "capitals": str.upper, "without accents": without_accents}


def planted(n: int, seed: int = 11) -> tuple[Known, pd.DataFrame]:
    """What is known of n people, and every text that is planted: a row per person, role and writing."""
    everybody = people(n, seed)
    rows = [
        (role, how, write(person[role])) for person in everybody for role in ROLES for how, write in WRITINGS.items()
    ]
    return Known.of(KnownTokens.of(everybody)), pd.DataFrame(rows, columns=["role", "writing", "text"])


def notebooks(texts: pd.Series, size: int = 10_000) -> Iterator:
    """Notebooks that hold all the texts in every place at once, each around the same marked figure."""
    for start in range(0, len(texts), size):
        said = texts.iloc[start : start + size]
        lines = "\n".join(said)
        html = said.to_frame().to_html()
        beside = output({"text/html": "<p>La figure</p>", "text/plain": lines, "application/json": said.tolist()})
        cells = [
            new_markdown_cell(lines),
            new_raw_cell(lines),
            new_code_cell(f"said = {said.tolist()!r}", metadata={"note": lines}),
            new_code_cell("said", outputs=[new_output("display_data", {"text/html": html}), beside]),
            new_code_cell("1", outputs=[new_output("stream", name="stderr", text=lines)]),
            new_code_cell("2", outputs=[new_output("error", ename="E", evalue=lines, traceback=[lines])]),
            *marked(f"<p>La table</p><!-- {lines} --><script>{json.dumps(said.tolist())}</script>").cells,
        ]
        yield new_notebook(cells=cells, metadata={"papermill": {"parameters": said.tolist()}, "widgets": {"a": lines}})


def missed(known: Known, texts: pd.DataFrame) -> pd.DataFrame:
    """The texts that the scanner does not find, each on a line of its own."""
    piece = Piece((), "\n".join(texts["text"]), line=1)
    found = {line for _, line in found_in(piece, known)}
    return texts[[line not in found for line in range(1, len(texts) + 1)]]
