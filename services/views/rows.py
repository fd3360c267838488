"""The rows of the views: numbers and texts only, the same in every database, and so in every digest."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from domain.entry import Entry
from services.views.places import PlaceRow
from services.views.told_for import ToldForRow

EVERYONE = "*"
"""Stands in the audience for every organisation: the directory and what is published."""


class Shown(NamedTuple):
    """How an organisation sees an entry; `categories` may be opened for it.

    `because` is the position of the entry with which it came to see it so: the entry itself, or one that opened it.
    """

    categories: str
    masked: int
    because: int


class BoardRow(NamedTuple):
    """`moved` is the position of the last entry that changed what the organisation sees of the case, or is to it.

    `may_be_due` is 0 where nothing can be; `contacts` are the last of each pair of organisations (`Pairs.text`).
    """

    organisation: str
    record: str
    role: str | None
    status: str
    taken_on: int | None
    responsible: str | None
    orphan: int
    last_position: int
    last_type: str
    last_time: str
    last_contact: str | None
    open_referrals: int
    person: str
    may_be_due: int
    contacts: str
    moved: int

    def of(self, organisation: str, role: str | None, moved: int) -> "BoardRow":
        """The same for one of those who see the same; these are the only differences."""
        return BoardRow._make((organisation, self.record, role, *self[3:-1], moved))


class OrganisationRow(NamedTuple):
    """`named` is the position of the entry that holds the name, sealed; 0 where there is none.

    `connected_at` is the position of the entry since which it has a system, if it had none before, and `connected_on`
    when that was recorded.
    """

    id: str
    kind: str
    connected: int
    country: str
    part_of: str | None
    reached_through: str | None
    suspended: int
    founder: int
    named: int
    connected_at: int
    connected_on: str


class PractitionerRow(NamedTuple):
    organisation: str
    practitioner: str
    position: int


class Reached(NamedTuple):
    """Where a view stands: the position, the digest of the entry there, and on which record."""

    position: int = 0
    digest: str = ""
    incarnation: str = ""
    schema: int = 0
    recorded: str = ""


Of = tuple[str, str]
"""Organisation and record."""


class Differing(NamedTuple):
    """Rows of one kind that are new or other than before, and the ids of those that are no more; None is all."""

    rows: list[Any]
    gone: list[str] | None

    def __bool__(self) -> bool:
        return bool(self.rows) or self.gone is None or bool(self.gone)


@dataclass(slots=True)
class Changes:
    """What a batch of entries changes, folded so that each row is written once."""

    entries: list[Entry] = field(default_factory=list)
    audience: dict[tuple[str, str, int], Shown | None] = field(default_factory=dict)
    """By organisation, record and position."""
    board: dict[Of, BoardRow | None] = field(default_factory=dict)
    rows: dict[str, dict[Of, Differing]] = field(default_factory=lambda: defaultdict(dict))
    """By kind, for each organisation and record where any has changed; the key says whose."""
    places: dict[str, list[PlaceRow]] = field(default_factory=dict)
    """By case, all of them."""
    told_for: dict[tuple[str, str, int], ToldForRow | None] = field(default_factory=dict)
    organisations: dict[str, OrganisationRow] = field(default_factory=dict)
    practitioners: dict[Of, PractitionerRow] = field(default_factory=dict)
    numbers: dict[str, int] = field(default_factory=dict)
    """Of each record that is named here the position of its first entry: by that the tables know it."""
    states: Mapping[int, bytes] = field(default_factory=dict)
    """By position what entries are on the record, as far as it is at hand."""
    rulings: dict[int, str] = field(default_factory=dict)
    """By position, of entries that have less effect than their own."""
    recorded: str = ""
