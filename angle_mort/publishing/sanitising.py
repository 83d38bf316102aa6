"""Only harmless HTML: an allow-list of tags and attributes, and pictures that are inside the page."""

from __future__ import annotations

import base64
import binascii
import re

import nh3

from angle_mort.publishing.scanning.pictures import PNG, bare

_TAGS = {
    "p", "h1", "h2", "h3", "h4", "ul", "ol", "li", "strong", "em", "blockquote", "code", "br", "hr",
    "table", "caption", "thead", "tbody", "tr", "th", "td", "figure", "figcaption", "img", "details", "summary", "span",
}  # fmt: skip
_ALLOWED = {
    "tags": _TAGS,
    "attributes": {
        "*": set(),
        "img": {"src", "alt", "width", "height"},
        "th": {"scope"},
        "p": {"class"},
        "span": {"class"},
    },
    "url_schemes": {"data"},
    "clean_content_tags": {"script", "style"},
    "strip_comments": True,
    "link_rel": None,
}
_PICTURE = re.compile(r"data:image/png;base64,([A-Za-z0-9+/=\s]+)")
_PIXELS = re.compile(r"[1-9]\d{0,3}")
_SHAPES = {"class": re.compile(r"am-[a-z-]+"), "width": _PIXELS, "height": _PIXELS, "scope": re.compile("col|row")}
_CONTROL = re.compile("[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f\u200e\u200f\u202a-\u202e\u2066-\u2069]")


def clean(html: str) -> str:
    """The same HTML without anything that could run, fetch, hide or reverse text.

    >>> clean('<p onclick="x()">Bon<script>x()</script><img src="https://a.example/x.png" alt="y"></p>')
    '<p>Bon<img alt="y"></p>'
    """
    return nh3.clean(_CONTROL.sub("", html), attribute_filter=_allowed, **_ALLOWED)


def _allowed(tag: str, attribute: str, value: str) -> str | None:
    if attribute == "src":
        return picture(value)
    shape = _SHAPES.get(attribute)
    return None if shape and not shape.fullmatch(value) else value


def picture(address: str) -> str | None:
    """A PNG inside the page, without any note; None for whatever else an address may be.

    >>> picture("https://a.example/x.png") is None, picture("data:image/png;base64,bm8gcGljdHVyZQ==") is None
    (True, True)
    """
    inside = _PICTURE.fullmatch(address)
    try:
        content = base64.b64decode(inside[1]) if inside else b""
    except binascii.Error:
        return None
    return f"data:image/png;base64,{base64.b64encode(bare(content)).decode()}" if content.startswith(PNG) else None
