"""Finds the values in an act that carry a mark, also in its groups of fields and lists of them."""

from collections.abc import Iterator, Sequence
from datetime import date, datetime
from functools import cache
from typing import Annotated, Any, TypeVar, cast, get_args, get_origin

from pydantic import BaseModel

from domain.entry import Act
from domain.skeleton import as_written

M = TypeVar("M")


def found(part: BaseModel, mark: type[M]) -> Iterator[tuple[str, M, Any]]:
    """Field, mark and value of each; an act inside an act (a correction) is not looked into."""
    for name, marks, deep in _fields(type(part), cast("Any", mark)):
        value = getattr(part, name)
        if value is None:
            continue
        for each in value if isinstance(value, tuple) else (value,):
            if marks is not None:
                yield name, marks, each
            elif deep and isinstance(each, BaseModel):
                yield from ((name, inner, v) for _, inner, v in found(each, mark))


def places_of(part: BaseModel, mark: type[M], at: str = "") -> Iterator[tuple[str, Any]]:
    """The path and the value of each, also in an act inside it, such as `signed_by.0.party`."""
    fields = _fields(type(part), cast("Any", mark))
    inside = _holding_acts(type(part)) if isinstance(part, Act) else ()
    for name, marks, _ in (*fields, *((name, None, True) for name in inside)):
        value = getattr(part, name)
        for n, each in enumerate(value) if isinstance(value, tuple) else ((None, value),):
            path = f"{at}{name}" if n is None else f"{at}{name}.{n}"
            if isinstance(each, BaseModel):
                yield from places_of(each, mark, f"{path}.")
            elif marks is not None and each is not None:
                yield path, each


def days_in(part: BaseModel, at: str = "") -> Iterator[tuple[str, date]]:
    """The path and the day of each day and instant, also in an act inside it, such as `steps.0.ends`."""
    for name in _holding_days(type(part)):
        value = getattr(part, name)
        for n, each in enumerate(value) if isinstance(value, tuple) else ((None, value),):
            path = f"{at}{name}" if n is None else f"{at}{name}.{n}"
            if isinstance(each, BaseModel):
                yield from days_in(each, f"{path}.")
            elif isinstance(each, date):
                yield path, each.date() if isinstance(each, datetime) else each


def acts_in(act: Act) -> Sequence[tuple[str, Act]]:
    """The acts inside an act, by field: a correction carries one."""
    if not (holding := _holding_acts(type(act))):  # nearly always
        return ()
    return [(name, value) for name in holding if isinstance(value := getattr(act, name), Act)]


@cache
def has_field(part: type[BaseModel], name: str) -> bool:
    """Asking an act for a field that it has not is slow: pydantic looks everywhere before it says so."""
    return name in as_written(part).model_fields


@cache
def _holding_acts(act: type[Act]) -> tuple[str, ...]:
    told = as_written(act).model_fields.items()
    return tuple(name for name, f in told if f.annotation is Any or _is_act(f.annotation))


@cache
def _holding_days(part: type[BaseModel]) -> tuple[str, ...]:
    """Only the fields that are days, or may hold a group with one."""
    return tuple(name for name, f in as_written(part).model_fields.items() if _may_hold_day(f.annotation))


def _may_hold_day(annotation: Any) -> bool:
    if isinstance(annotation, type):
        return issubclass(annotation, date | Act) or (
            issubclass(annotation, BaseModel) and bool(_holding_days(annotation))
        )
    return annotation is Any or any(_may_hold_day(arg) for arg in get_args(annotation))


def _is_act(annotation: Any) -> bool:
    if isinstance(annotation, type):
        return issubclass(annotation, Act)
    return any(_is_act(arg) for arg in get_args(annotation))


@cache
def _fields(part: type[BaseModel], mark: type[M]) -> tuple[tuple[str, M | None, bool], ...]:
    """Only the fields that carry the mark or may hold a group that does."""
    told = as_written(part).model_fields.items()
    fields = ((name, *_looked_into(f.annotation, tuple(f.metadata), mark)) for name, f in told)
    return tuple((name, marks, deep) for name, marks, deep in fields if marks is not None or deep)


def _looked_into(annotation: Any, metadata: tuple[Any, ...], mark: type[M]) -> tuple[M | None, bool]:
    if marked := next((m for m in metadata if isinstance(m, mark)), None):
        return marked, False
    origin, args = get_origin(annotation), get_args(annotation)
    if origin is Annotated:
        return _looked_into(args[0], tuple(args[1:]), mark)
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return None, not issubclass(annotation, Act) and bool(_fields(annotation, cast("Any", mark)))
    inner = [_looked_into(arg, (), mark) for arg in args]
    return next((m for m, _ in inner if m is not None), None), any(deep for _, deep in inner)
