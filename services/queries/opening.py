"""Opens what is sealed, of entries that visibility has said yes to."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Protocol

from domain.entry import SealedPart
from domain.network import Network
from services.keyring import TamperedError
from services.seen import Seen

Part = dict[str, Any]
"""`category` with `fields`, or with `erased` where the key is gone, or `unreadable` where it is not what was sealed."""


class Opener(Protocol):
    """The keyring, as far as reading needs it."""

    def opened(self, sealed: Sequence[tuple[str, SealedPart]]) -> list[dict[str, Any] | None]: ...
    def known_elsewhere(self, records: Sequence[str], organisation: str, network: Network) -> frozenset[str]: ...


def opened(keyring: Opener, seen: Iterable[Seen], only: frozenset[str] | None = None) -> dict[int, list[Part]]:
    """By position; `only` these categories, and of each entry no other than the reader's audience names."""
    sealed = [
        (s.entry.position, s.entry.id, part)
        for s in seen
        if not s.masked
        for part in s.entry.personal
        if part.category in s.categories and (only is None or part.category in only)
    ]
    parts: dict[int, list[Part]] = {}
    for (position, _, part), fields in zip(sealed, _fields(keyring, sealed), strict=True):
        parts.setdefault(position, []).append({"category": part.category, **fields})
    return parts


def _fields(keyring: Opener, sealed: Sequence[tuple[int, str, SealedPart]]) -> list[Mapping[str, Any]]:
    try:
        return [_told(fields) for fields in keyring.opened([(id_, part) for _, id_, part in sealed])]
    except TamperedError:
        if len(sealed) == 1:
            return [{"unreadable": True}]  # the others are still to be read
        return [fields for one in sealed for fields in _fields(keyring, [one])]


def _told(fields: dict[str, Any] | None) -> Mapping[str, Any]:
    return {"erased": True} if fields is None else {"fields": fields}
