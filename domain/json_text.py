"""Reads JSON in which every name stands once: of two values a reader could not know which one counts."""

import json
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any, Final

from pydantic_core import from_json

from domain.faults import path_of
from domain.refusal import MOST_FAULTS, Malformed

_BLANKS: Final = b" \t\r\n"
_SURROGATES: Final = re.compile(rb"(\\u[dD][89abAB]..\\u[dD][c-fC-F]..)|\\u[dD][89a-fA-F]..")
_HALF: Final = "\ufdd0"
"""Stands for half a character; no text has it, for it is no character itself."""

Path = tuple[Any, ...]
"""The path of what holds a value, and its name in it; empty for the whole."""


class _Named(list[tuple[str, Any]]):
    """The names and values of an object, in order, also those that come twice."""


def read_json(body: bytes) -> Any:
    """The value; refused with every name that stands twice in its object."""
    try:
        value = from_json(body, allow_inf_nan=False)
    except ValueError:
        raise _no_json(body) from None
    # Behind each name stands a colon. If there are no more of them than names are left, none was overwritten.
    if body.translate(None, _BLANKS).count(b'":') > _names(value):
        _check_once(json.loads(body, object_pairs_hook=_Named), inside=_is_event(value))
    return value


def _names(value: Any) -> int:
    """How many names stand in the objects of a value. Of every act, so without a call for what is no object."""
    count = 0
    if value.__class__ is dict:
        count, value = len(value), value.values()
    elif value.__class__ is not list:
        return 0
    for each in value:
        if each.__class__ is not str and (each.__class__ is dict or each.__class__ is list):
            count += _names(each)
    return count


def _check_once(value: Any, *, inside: bool) -> None:
    twice: list[Path] = []
    for path, each in _within(value):
        if isinstance(each, _Named):
            counted = Counter(name for name, _ in each)
            twice += [(path, name) for name, count in counted.items() if count > 1]
    if twice:
        raise _malformed(twice, "field.twice", inside=inside)


def _no_json(body: bytes) -> Malformed:
    """The refusal of what is no JSON: half a character, written as an escape, is said with its place."""
    marked = _SURROGATES.sub(lambda found: found[1] or _HALF.encode(), body)
    try:
        value = from_json(marked, allow_inf_nan=False) if marked != body else None
    except ValueError:
        value = None
    halves = [path for path, each in _within(value) if isinstance(each, str) and _HALF in each]
    if not halves:
        return Malformed("form.not-json")
    return _malformed(halves, "field.hidden-character", inside=_is_event(value))


def _within(value: Any) -> Iterator[tuple[Path, Any]]:
    """Each value with its path, the outer ones first. Names are yielded as values of their own."""
    queue: list[tuple[Path, Any]] = [((), value)]
    for path, each in queue:
        yield path, each
        match each:
            case dict() | _Named():
                pairs = each.items() if isinstance(each, dict) else each
                queue += [((path, name), part) for name, inner in pairs for part in (name, inner)]
            case list():
                queue += [((path, at), inner) for at, inner in enumerate(each)]
            case _:
                pass


def _is_event(value: Any) -> bool:
    """True for a CloudEvent: the faults of the act in it are told with the paths of the act."""
    return isinstance(value, Mapping) and "specversion" in value


def _malformed(paths: list[Path], code: str, *, inside: bool) -> Malformed:
    told = [(path_of(_parts(path, inside=inside)), code) for path in paths[:MOST_FAULTS]]
    return Malformed("form.unreadable", told, more=len(paths) - len(told))


def _parts(path: Path, *, inside: bool) -> tuple[Any, ...]:
    parts: list[Any] = []
    while path:
        path, name = path
        parts.append(str(name).replace(_HALF, "\ufffd"))
    if inside and len(parts) > 1 and parts[-1] == "data":
        parts.pop()
    return tuple(reversed(parts))
