"""The index over all reports: what may be told, one script allowed by its hash, and no number of a refused cohort."""

import base64
import hashlib
import re

import pytest

from angle_mort.errors import CODES, AngleMortError
from angle_mort.publishing import IndexPage
from angle_mort.publishing.index import _REASONS, SCRIPT, Entry
from angle_mort.publishing.scanning import Known, scan
from angle_mort.tokens import KnownTokens

ENTRY = Entry("garages", "garages.html", "Que garde cette cohorte ?", "2026-11-25", "24 dirigeants", False, [])
KNOWN = Known.of(KnownTokens.of([{"person": "Zoé Quenneville"}]))


def test_its_one_script_is_allowed_by_its_hash_and_no_other():
    html = IndexPage([ENTRY], known=KNOWN).html
    digest = base64.b64encode(hashlib.sha256(SCRIPT.encode()).digest()).decode()
    assert f"script-src 'sha256-{digest}'" in html and html.count("<script") == 1
    assert f"<script>{SCRIPT}</script>" in html
    assert not re.search("innerHTML|fetch|XMLHttp|import|eval|location|document.write|src=", SCRIPT)
    assert {each.kind for each in scan(html, known=KNOWN)} == {"script"}


def test_every_word_of_it_is_escaped_though_the_scanner_would_stop_it_too(monkeypatch):
    entry = Entry("<img src=x onerror=y>", 'a"b<.html', "<script>1</script>", "2026-11-25", "9", True, [("<b>", "&")])
    with pytest.raises(AngleMortError, match="AM704"):
        _ = IndexPage([entry], known=KNOWN).html
    monkeypatch.setattr("angle_mort.publishing.index.scan", lambda *_, **__: [])
    html = IndexPage([entry], [("<i>x</i>", ["AM601"])], KNOWN).html
    assert html.count("<script") == 1 and "<img" not in html and "<b>" not in html and "<i>" not in html
    assert 'href="./a%22b%3C.html"' in html


def test_it_is_for_the_coach_and_says_so():
    assert "Pour vous seul" in IndexPage([ENTRY], known=KNOWN).html


@pytest.mark.parametrize("code", sorted(CODES))
def test_of_a_refused_cohort_it_tells_a_name_and_a_reason_without_any_number(code):
    (told,) = re.findall(r"<li>(.*?)</li>", IndexPage([], [("petite", [code])], KNOWN).html)
    assert told.startswith("petite") and not re.search(r"\d", told)


def test_every_reason_is_of_a_code_that_there_is():
    assert {code for codes in _REASONS.values() for code in codes} <= set(CODES)


def test_a_name_that_holds_a_person_s_is_not_told_and_stops_a_page_that_has_it():
    html = IndexPage([ENTRY], [("zoe-quenneville", ["AM704"])], KNOWN).html
    assert "quenneville" not in html.lower() and "dont le nom ne peut pas sortir" in html
    entry = Entry("Zoé Quenneville", "x.html", "t", "2026-11-25", "9", False, [])
    with pytest.raises(AngleMortError) as error:
        _ = IndexPage([entry], known=KNOWN).html
    assert error.value.codes[0] == "AM704"
