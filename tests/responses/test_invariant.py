"""Whatever the noise: rows read = kept + set aside + duplicates, cells likewise, and the file is never changed."""

import google_forms
import numpy as np
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from angle_mort.responses import read_export
from angle_mort.responses.wording import normalised

NOISE = ("blank", "impossible", "strange", "duplicate", "test", "empty", "header", "unanswered")
IMPOSSIBLE = ("99", "-7", "1,5,2", "4 - Jamais", "#N/A", "5-Jan", "=A1", "<b>?</b>")
FIRST_ANSWER = 4
mischief = st.lists(st.tuples(st.sampled_from(NOISE), st.integers(0, 10**6)), max_size=12)


def spoil(table, noises):
    """The same rows with noise; each noise draws its place from its own number."""
    for noise, number in noises:
        rng = np.random.default_rng(number)
        row = table[1 + rng.integers(len(table) - 1)]
        at = FIRST_ANSWER + rng.integers(len(table[0]) - FIRST_ANSWER)
        where = 1 + rng.integers(len(table))
        if noise in ("blank", "impossible"):
            row[at] = "" if noise == "blank" else str(rng.choice(IMPOSSIBLE))
        elif noise == "strange":
            row[at] = f" {row[at].upper()}\u00a0"
        elif noise == "test":
            row[2] = "Test Formulaire"
        elif noise == "unanswered":
            row[FIRST_ANSWER:] = [""] * (len(row) - FIRST_ANSWER)
        else:
            extra = {"duplicate": row, "empty": [""] * len(row), "header": table[0]}[noise]
            table.insert(where, ["2026/03/01 8:00:00 AM UTC+1", *extra[1:]] if noise == "duplicate" else list(extra))
    return table


def below_header(table):
    rows = [list(row) for row in table[1:]]
    while rows and not any(cell.strip() for cell in rows[-1]):
        rows.pop()
    return rows


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(n=st.integers(1, 6), seed=st.integers(0, 1000), form=st.sampled_from(["complete", "suivi"]), noises=mischief)
def test_everything_read_is_told(tmp_path, instrument, invented, n, seed, form, noises):
    table = spoil(google_forms.rows(instrument, *invented(n=n, seed=seed, form=form)), noises)
    path = google_forms.write_rows(tmp_path / "reponses.csv", table)
    before = path.read_bytes()
    rows = below_header(table)
    if not rows:
        return
    intake = read_export(path, instrument)
    counts = intake.counts
    filled = sum(bool(normalised(cell)) for row in rows for cell in row[FIRST_ANSWER:])
    assert counts.rows_read == len(rows) == counts.rows_kept + counts.rows_set_aside + counts.rows_duplicate
    assert counts.cells_read == filled == counts.cells_kept + counts.cells_set_aside + counts.cells_duplicate
    assert counts.rows_kept == len(intake.responses) == len(intake.identities)
    assert counts.cells_kept == int(intake.responses.notna().sum().sum()) + len(intake.texts)
    told = intake.report[intake.report["line"] > 1]
    assert told.loc[told["item"].eq("") & told["outcome"].ne("noted"), "line"].nunique() == len(rows) - counts.rows_kept
    assert path.read_bytes() == before
    assert [each.name for each in tmp_path.iterdir()] == ["reponses.csv"]
