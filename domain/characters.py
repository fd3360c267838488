"""Which characters make a text look like something that it is not, and how such a text is shown.

Control characters move cursors and change colours of terminals; bidirectional ones turn words round; others are unseen.
"""

import re
from typing import Final

_CONTROLS: Final = r"\x00-\x1f\x7f-\x9f"
_TURNING: Final = r"\u202a-\u202e\u2066-\u2069"
"""Embedding, overriding and isolating: the bidirectional controls that no language needs within a word."""

_UNSEEN: Final = (
    r"\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u2028-\u202e\u2060-\u206f\u3164\ufe00-\ufe0f"
    r"\ufeff\uffa0\ufff0-\ufffb"
)
"""Default_Ignorable_Code_Point of Unicode, with the separators of lines and the marks of annotations."""

_UNSEEN_BEYOND: Final = r"\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff"
"""The same beyond the first 65,536, which a pattern of a JSON schema cannot name."""

LINE: Final = rf"^[^{_CONTROLS}{_TURNING}]*$"
TEXT: Final = rf"^([^\x00-\x08\x0b-\x1f\x7f-\x9f{_TURNING}]|\r\n)*$"
NAME: Final = rf"^[^{_CONTROLS}{_TURNING}]*[^\s\u2800{_CONTROLS}{_UNSEEN}][^{_CONTROLS}{_TURNING}]*$"
"""Patterns that the door asks for: in a text lines and tabs are allowed, in a name something must be seen."""

_SURROGATES: Final = r"\ud800-\udfff"
_REFUSED_IN_LINE: Final = re.compile(rf"[{_CONTROLS}{_TURNING}{_SURROGATES}]")
_REFUSED_IN_TEXT: Final = re.compile(rf"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f{_TURNING}{_SURROGATES}]|\r(?!\n)")
_SEEN: Final = re.compile(rf"[^\s\u2800{_CONTROLS}{_UNSEEN}{_UNSEEN_BEYOND}{_SURROGATES}]")
_HIDDEN: Final = re.compile(rf"[{_CONTROLS}{_UNSEEN}{_UNSEEN_BEYOND}{_SURROGATES}]")


def is_line(text: str) -> bool:
    """True if the door takes the text as one line."""
    return text.isprintable() or not _REFUSED_IN_LINE.search(text)


def is_text(text: str) -> bool:
    """True if the door takes the text as lines, with tabs and any usual end of a line."""
    return text.replace("\n", "").isprintable() or not _REFUSED_IN_TEXT.search(text)


def is_blank(text: str) -> bool:
    """True if a reader would see nothing of the text."""
    return not _SEEN.search(text)


def shown(text: str, *, lines: bool = False) -> str:
    """The text with a visible symbol for each hidden character; ends of lines stay if `lines`."""
    if text.isascii() and text.isprintable():
        return text
    if lines:
        return "\n".join(_HIDDEN.sub(_symbol, line) for line in text.replace("\r\n", "\n").split("\n"))
    return _HIDDEN.sub(_symbol, text)


def escaped(json: str) -> str:
    """JSON with its hidden characters escaped, which changes no value; its own ends of lines stay."""
    if json.isascii() and "\x7f" not in json:
        return json
    return "\n".join(_HIDDEN.sub(_escape, line) for line in json.split("\n"))


def _symbol(found: re.Match[str]) -> str:
    code = ord(found[0])
    if code < 0x20:
        return chr(0x2400 + code)
    return "\u2421" if code == 0x7F else f"\u27e8U+{code:04X}\u27e9"


def _escape(found: re.Match[str]) -> str:
    units = found[0].encode("utf-16-be", "surrogatepass").hex()
    return "".join(f"\\u{units[at : at + 4]}" for at in range(0, len(units), 4))
