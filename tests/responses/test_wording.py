"""The form under which two texts are the same question."""

import pytest

from angle_mort.responses.wording import grid_parts, normalised, unaccented


@pytest.mark.parametrize(
    "written",
    [
        "J’écoute l’avis de l’équipe.",
        "J'écoute l'avis de l'équipe.",
        "  J’écoute l’avis\u00a0 de\nl’équipe. ",
        "J\u2019e\u0301coute l\u2019avis de l\u2019e\u0301quipe.",
        "<p>J&rsquo;écoute l&#39;avis de <b>l’équipe.</b></p>",
        "\ufeffJ’écoute\u200b l’avis de l’équipe.",
        "J’ÉCOUTE L’AVIS DE L’ÉQUIPE.",
    ],
)
def test_typography_is_no_difference(written):
    assert normalised(written) == "j'écoute l'avis de l'équipe."


def test_words_are_a_difference():
    assert normalised("J’écoute l’avis") != normalised("J’ecoute l’avis")


def test_a_lower_than_sign_is_no_tag():
    assert normalised("moins de < 5 et > 3") == "moins de < 5 et > 3"


def test_grid_takes_the_last_brackets():
    assert grid_parts("Question [1] ? [ J’ai refait. ]") == ("question [1] ?", "j'ai refait.")


def test_unaccented_is_for_words_that_are_looked_for():
    assert unaccented("Médiane") == "mediane"
