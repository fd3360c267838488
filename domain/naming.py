"""Which organisations an act names."""

from functools import cache
from typing import Any, get_args

from domain.entry import Act, Entry, OfOrganisation
from domain.skeleton import as_written


def organisations_in(act: Act) -> frozenset[str]:
    """Also those that an act inside it (a correction) names."""
    values = (getattr(act, name) for name in _fields(type(act)))
    named = frozenset(v for value in values if value for v in ([value] if isinstance(value, str) else value))
    inside = (value for name in type(act).model_fields if isinstance(value := getattr(act, name), Act))
    return named.union(*(organisations_in(inner) for inner in inside))


def organisations_named(entry: Entry) -> frozenset[str]:
    """With the one it is told for."""
    return organisations_in(entry.act) | ({entry.on_behalf_of} if entry.on_behalf_of else set())


@cache
def _fields(act: type[Act]) -> tuple[str, ...]:
    return tuple(
        name
        for name, field in as_written(act).model_fields.items()
        if any(isinstance(m, OfOrganisation) for m in field.metadata) or _marked(field.annotation)
    )


def _marked(annotation: Any) -> bool:
    return isinstance(annotation, OfOrganisation) or any(_marked(part) for part in get_args(annotation))
