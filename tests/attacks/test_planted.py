"""Ten thousand people in every place of a notebook: none in its page, all of them found by the scanner."""

import pytest

from angle_mort.publishing import page_from_notebook
from tests.attacks import planted
from tests.attacks.canaries import marked, output, showing


def bare():
    """The page of the same marked figure and table where nobody was planted."""
    notebook = showing(output({"text/html": "<p>La figure</p>"}))
    notebook.cells += marked("<p>La table</p>").cells
    return page_from_notebook(notebook, known=planted.planted(1)[0]).html


def out_and_missed(n):
    """In how many pages anything was left of the people, and whom the scanner does not find."""
    known, texts = planted.planted(n)
    expected = bare()
    pages = [page_from_notebook(each, known=known).html for each in planted.notebooks(texts["text"])]
    assert len(pages) == -(-len(texts) // 10_000)
    return sum(html != expected for html in pages), planted.missed(known, texts)


def test_three_hundred_people_and_nobody_out():
    out, missed = out_and_missed(300)
    assert out == 0
    assert missed.empty, missed.to_string()


@pytest.mark.slow
def test_ten_thousand_people_and_nobody_out():
    out, missed = out_and_missed(10_000)
    assert out == 0
    assert missed.empty, missed.head(20).to_string()


def test_the_same_texts_in_a_marked_output_stop_the_page():
    known, texts = planted.planted(3)
    for text in texts["text"]:
        with pytest.raises(ValueError, match="AM704"):
            _ = page_from_notebook(marked(f"<p>{text}</p>"), known=known).html
