"""The name of an obligation on its case, by which partners waive or fulfil it: rule, subject, number."""

from collections.abc import Iterable, Iterator

from domain.obligation import Obligation


def id_of(obligation: Obligation) -> str:
    number = f"-{obligation.number}" if obligation.number > 1 else ""
    return f"{obligation.rule}-{obligation.subject}{number}"


def keys(ids: Iterable[str], subject: str) -> Iterator[str]:
    """What the engine calls those of that subject; the first need not say its number."""
    for id_ in ids:
        rule, found, number = f"{id_}-".partition(f"-{subject}-")
        if found and (number := number.rstrip("-") or "1").isdecimal():
            yield f"{rule}/{number}"
