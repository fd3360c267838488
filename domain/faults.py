"""What is wrong with the form of an act or a question, field by field: where, and a code for it; never the value."""

import difflib
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from typing import Any, Final

from pydantic import ValidationError

from domain.characters import LINE, NAME, TEXT, is_blank, shown
from domain.refusal import MOST_FAULTS, Malformed

Fault = tuple[str, str]

_NO_NAME: Final = "field.no-name"

_LONGEST: Final = 200
_COMPARED: Final = 40
"""Characters of a name that is compared with others: what is longer is no slip of the pen."""


def malformed(error: ValidationError, form: type[Any], also: Sequence[Fault] = ()) -> Malformed:
    """The refusal of what does not fit the form, with the faults that were found before."""
    found = error.errors(include_url=False, include_input=False)
    kept = found[: max(0, MOST_FAULTS - len(also))]
    codes = [code_of(fault, tuple(form.model_fields)) for fault in kept]
    if _NO_NAME in codes:  # only these need a look at what was sent
        sent = error.errors(include_url=False, include_context=False)
        codes = [_of_name(sent[at]["input"]) if code == _NO_NAME else code for at, code in enumerate(codes)]
    faults = [*also, *zip((path_of(fault["loc"]) for fault in kept), codes, strict=True)]
    return Malformed("form.unreadable", faults, more=len(found) - len(kept))


def path_of(parts: Iterable[str | int]) -> str:
    """The names of a path as they may be shown; a very long one is cut, which the sign at its end says."""
    path = shown(".".join(str(part) for part in parts))
    return path if len(path) <= _LONGEST else f"{path[: _LONGEST - 1]}…"


def nearest(name: object, known: tuple[str, ...], alike: float) -> str | None:
    """The known name that was perhaps meant."""
    return _nearest(name, known, alike) if isinstance(name, str) and len(name) <= _COMPARED else None


@lru_cache(maxsize=1024)
def _nearest(name: str, known: tuple[str, ...], alike: float) -> str | None:
    return next(iter(difflib.get_close_matches(name, known, 1, alike)), None)


def code_of(fault: Mapping[str, Any], known: tuple[str, ...] = ()) -> str:
    """The code of one fault as the library tells it; `known` are names of fields that were perhaps meant."""
    match fault["type"]:
        case "extra_forbidden":
            near = nearest(fault["loc"][-1], known, 0.6)
            return f"field.unknown (nearest: {near})" if near else "field.unknown"
        case kind if fault["loc"][-1:] == ("cursor",):
            return "field.not-a-cursor"
        case "string_pattern_mismatch" if fault["ctx"]["pattern"] == NAME:
            return _NO_NAME
        case "string_pattern_mismatch" if fault["ctx"]["pattern"] in (LINE, TEXT):
            return "field.hidden-character"
        case kind:
            return f"field.{kind.replace('_', '-')}"


def _of_name(sent: str) -> str:
    return "field.blank" if is_blank(sent) else "field.hidden-character"
