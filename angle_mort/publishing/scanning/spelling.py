"""What a reader sees in a text: nothing invisible, and Latin letters where others look like them."""

from __future__ import annotations

import re

_CYRILLIC = "\u0430\u0435\u043e\u0440\u0441\u0443\u0445\u0456\u0458\u0455\u0501\u04bb\u051b\u051d"
_CYRILLIC_CAPITALS = "\u0410\u0412\u0415\u041a\u041c\u041d\u041e\u0420\u0421\u0422\u0423\u0425\u0406\u0408\u0405"
_GREEK = "\u03b1\u03bf\u03bd\u03b9\u03c1\u03ba\u03c5"
_GREEK_CAPITALS = "\u0391\u0392\u0395\u0396\u0397\u0399\u039a\u039c\u039d\u039f\u03a1\u03a4\u03a5\u03a7"
_LATIN = str.maketrans(
    _CYRILLIC + _CYRILLIC_CAPITALS + _GREEK + _GREEK_CAPITALS,
    "aeopcyxijsdhqw" + "ABEKMHOPCTYXIJS" + "aovipku" + "ABEZHIKMNOPTYX",
)
_INVISIBLE = re.compile(
    "[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufe00-\ufe0f\ufeff"
    "\ufff9-\ufffb\U000e0000-\U000e007f]"
)
_COLOUR = re.compile(r"\x1b\[[0-9;]*[A-Za-z]")
_SPACED = re.compile(r"(?<!\w)\w(?:[ .\-_\u00a0\u202f]\w){3,}(?!\w)")
_BROKEN = re.compile(r"(?<=\w)[-\u2010][ \t]*\r?\n[ \t]*(?=\w)")


def seen(text: str) -> str:
    """The text as it looks: nothing invisible, no colours, Latin letters for their look-alikes.

    >>> seen("Mar\\u00adch\\u0430n\\u200bdeau")
    'Marchandeau'
    """
    text = _COLOUR.sub("", text) if "\x1b" in text else text
    if text.isascii():
        return text
    return _INVISIBLE.sub("", text).translate(_LATIN)


def joined(text: str) -> str:
    """Words that were taken apart, put together: broken at the end of a line, or spelt letter by letter.

    >>> joined("M a r c h a n d e a u"), joined("Marchan-\\ndeau")
    ('Marchandeau', 'Marchandeau\\n')
    """
    text = _BROKEN.sub("", text) + "\n" * len(_BROKEN.findall(text))
    return _SPACED.sub(lambda spelt: re.sub(r"[ .\-_\u00a0\u202f]", "", spelt[0]), text)
