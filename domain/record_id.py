"""Names a record of the store: its kind and its id, written `<kind>/<id>`."""

from enum import StrEnum
from typing import Final, Self

from domain.facts import dataclass


class Kind(StrEnum):
    """The kinds of record that this version knows; a later version may have stored others beside them."""

    CASE = "case"
    ORGANISATION = "organisation"
    RULEBOOK = "rulebook"
    AGREEMENT = "agreement"


_KINDS: Final = {kind.value: kind for kind in Kind}


def kind_of(record: str) -> Kind | None:
    """Returns None if this version does not know the kind: such a record is hidden from everybody."""
    return _KINDS.get(record.partition("/")[0])


def id_of(record: str) -> str:
    return record.partition("/")[2]


@dataclass(frozen=True, slots=True)
class RecordId:
    """Entries carry the written form, for speed; this is the form in which the two parts are wanted."""

    kind: Kind
    id: str

    @classmethod
    def parse(cls, record: str) -> Self | None:
        """Returns None if the kind is not known."""
        kind = kind_of(record)
        return cls(kind, id_of(record)) if kind else None

    def __str__(self) -> str:
        return f"{self.kind}/{self.id}"
