"""Divides an act into its skeleton, kept in clear, and the marked fields, sealed by category.

The skeleton is read back leniently: what was stored is not judged again, so no constraint of the door applies.
"""

from collections import defaultdict
from functools import cache, reduce
from operator import or_
from types import UnionType
from typing import Annotated, Any, Literal, TypeVar, Union, get_args, get_origin

from pydantic import BaseModel, ConfigDict, create_model
from pydantic.fields import FieldInfo
from pydantic_core import to_jsonable_python

from domain.entry import Act, Personal

Skeleton = dict[str, Any]
Marked = dict[str, dict[str, Any]]
"""Category → field → value. A field of an act inside an act (a correction) stands under that field's name."""

P = TypeVar("P", bound=BaseModel)

Part = tuple[str, str]
"""The data subject (`""` for the one the record is about) and the category."""


def mark(field: FieldInfo) -> Personal | None:
    return next((m for m in field.metadata if isinstance(m, Personal)), None)


@cache
def _fields(act: type[Act]) -> tuple[tuple[str, Personal | None], ...]:
    # The marks stand on the class of the catalogue; one that was read leniently has the fields without them.
    return tuple((name, mark(field)) for name, field in as_written(act).model_fields.items() if name != "type")


_AS_IT_IS = frozenset({str, int, bool, type(None)})
"""JSON as they are: most fields, of every line of a replay."""


def divide(act: Act) -> tuple[Skeleton, dict[Part, dict[str, Any]]]:
    """Return the skeleton and the marked fields by data subject and category, both ready for JSON."""
    skeleton: Skeleton = {}
    parts: dict[Part, dict[str, Any]] = defaultdict(dict)
    for name, personal in _fields(type(act)):
        value = getattr(act, name)
        if type(value) in _AS_IT_IS and personal is None:
            skeleton[name] = value
        elif isinstance(value, Act):  # a correction
            inner, inner_parts = divide(value)
            skeleton[name] = {"type": value.type, **inner}
            for part, fields in inner_parts.items():
                parts[part][name] = fields
        elif personal is None:
            skeleton[name] = to_jsonable_python(value)
        elif value is not None and value not in ("", ()):
            subject = str(getattr(act, personal.subject)) if personal.subject else ""
            parts[subject, personal.category][name] = to_jsonable_python(value)
    return skeleton, dict(parts)


class Leniently:
    """Marks the classes that read what is stored."""


@cache
def lenient(act: type[Act]) -> type[Act]:
    """The same act without constraints and without its marked fields, for reading what is stored."""
    fields: dict[str, Any] = {
        name: (Any, None) if mark(field) else (_loose(field.annotation), ... if field.is_required() else field.default)
        for name, field in act.model_fields.items()
        if name != "type"
    }
    base = type(act.__name__, (act, Leniently), _READING | {"__module__": act.__module__})
    return create_model(act.__name__, __base__=base, **fields)


def as_written(part: type[P]) -> type[P]:
    """The class as it is written behind a lenient one."""
    return next(c for c in part.__mro__ if issubclass(c, BaseModel) and not issubclass(c, Leniently))  # type: ignore[return-value]


_READING: dict[str, Any] = {"model_config": ConfigDict(frozen=True, extra="ignore")}


def _loose(annotation: Any) -> Any:
    origin, args = get_origin(annotation), get_args(annotation)
    if origin is Annotated:
        return _loose(args[0])
    if origin is Literal:
        return str
    if origin in (Union, UnionType):
        return reduce(or_, (_loose(a) for a in args))
    if origin is tuple:
        return tuple.__class_getitem__((_loose(args[0]), ...))
    if isinstance(annotation, type) and issubclass(annotation, BaseModel) and not issubclass(annotation, Act):
        return _loose_part(annotation)
    return annotation


@cache
def _loose_part(model: type[BaseModel]) -> type[BaseModel]:
    fields: dict[str, Any] = {
        name: (_loose(field.annotation), ... if field.is_required() else field.default)
        for name, field in model.model_fields.items()
    }
    base = type(model.__name__, (model, Leniently), _READING | {"__module__": model.__module__})
    return create_model(model.__name__, __base__=base, **fields)
