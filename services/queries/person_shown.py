"""Who a person is, from all that was told of it one after the other."""

from collections.abc import Iterable, Sequence
from typing import Any

from services.queries.opening import Part


def person_of(told: Iterable[Sequence[Part]]) -> dict[str, Any]:
    """What is told later replaces what it names and leaves the rest; `erased` where a key of it is gone."""
    person: dict[str, Any] = {}
    for parts in told:
        for part in parts:
            if "fields" not in part:
                person |= {name: True for name in ("erased", "unreadable") if name in part}
                continue
            fields = part["fields"].get("act", part["fields"])  # of a correction, those of the act it puts right
            person |= {name: value for name, value in (fields.get("person") or {}).items() if value}
            if fields.get("contacts"):
                person["contacts"] = fields["contacts"]
    return person


def matches(person: dict[str, Any], name: str) -> bool:
    """Whether every word of the name begins a word of the person's."""
    words = " ".join(person.get("names", ())).casefold().split()
    return all(any(word.startswith(wanted) for word in words) for wanted in name.casefold().split())
