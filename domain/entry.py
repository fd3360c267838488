"""An act is what an organisation did; an entry is that act on the record, with who and when.

The `type` of an act and the names of its fields are the storage format: add fields with defaults, never rename.
"""

from datetime import date, datetime
from typing import Annotated, ClassVar, Literal
from uuid import UUID

from pydantic import Field, StringConstraints

from domain.characters import LINE, NAME, TEXT
from domain.facts import dataclass
from domain.form import Form
from domain.moment import Moment
from domain.record_id import Kind, kind_of

Evidence = Literal["own", "phone", "e-mail", "paper", "other-system"]
Effect = Literal["statement", "answer", "authority"]
"""What an act does: it says what happened, it answers for the one that was asked, or it changes who may do what."""
Ruling = Literal["", "full", "own", "same", "thread", "bare", "none"]
"""The effect of an answer or an act of authority: its own; that of the one who attests it as its own answer, without
the responsible's authority; a correction that changes no word; in its thread; what it says, admitting nobody; none."""
Thread = tuple[str, UUID]
"""What an act belongs to inside its record, by kind and id: an id says nothing without its kind."""

PERSONAL = frozenset({"identity", "contact", "work", "skills", "social"})
SPECIAL = frozenset({"health", "justice", "protection"})
CATEGORIES = PERSONAL | SPECIAL


@dataclass(frozen=True)
class Personal:
    """Marks a field that is sealed, with the others of its category of data.

    The key is that of the data subject: the person of the case, or whoever the field `subject` names.
    """

    category: str
    subject: str | None = None


class Special(Personal):
    """Marks a field of a special category (health, justice, protection)."""


class Published:
    """Marks text that is published for everyone, such as the words of a rule, and so stays in clear."""


@dataclass(frozen=True)
class FromList:
    """Marks a code of a published list; `by_class` a neutral class of that list instead of a code."""

    name: str
    by_class: bool = False


class OfOrganisation:
    """Marks a field that names an organisation, so that visibility can put an alias in its place."""


class OfEntry:
    """Marks the version of another entry of the same record, which one that does not see it cannot name."""


class Happened:
    """Marks a day on which something happened, and that has come therefore; plans carry no such mark."""


OrganisationId = Annotated[str, StringConstraints(pattern=r"^o[a-z2-7]{12}$"), OfOrganisation()]
Token = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9-]{0,63}$")]
Text = Annotated[str, StringConstraints(max_length=4000, pattern=TEXT)]
Line = Annotated[str, StringConstraints(max_length=200, pattern=LINE)]
Name = Annotated[str, StringConstraints(max_length=200, pattern=NAME)]
Label = Annotated[str, StringConstraints(max_length=2000, pattern=TEXT), Published()]
Version = Annotated[int, Field(ge=1, le=2**31)]
EntryVersion = Annotated[Version, OfEntry()]
Day = Annotated[date, Happened()]
Cents = Annotated[int, Field(ge=0, le=10**9)]
"""An amount of money: EUR cents, always whole."""
Reference = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9-]{0,127}$")]
"""An id that the product makes and partners repeat, such as that of an obligation."""


class Part(Form):
    """A group of fields inside an act."""


class Act(Form):
    """Something an organisation did or established, named in the past tense."""

    kind: ClassVar[Kind] = Kind.CASE
    also_of: ClassVar[frozenset[Kind]] = frozenset()
    """Other kinds of record on which the same act may stand."""
    effect: ClassVar[Effect]
    """Declared by every act; one without it fails the build."""
    may_be_narrowed: ClassVar[bool] = False
    """Whether `only_for` may keep it from some: true of notes, by which no act of anybody is refused or loses effect.

    They still move the last contact and the number of observations, of which duties and irregularities are made.
    """
    thread_kind: ClassVar[str] = ""
    """The kind of the id that `thread` gives."""
    type: str

    @classmethod
    def kinds(cls) -> frozenset[Kind]:
        return cls.also_of | {cls.kind}

    @property
    def thread(self) -> UUID | None:
        """The id of what the act belongs to inside its record, such as one referral."""
        return None

    @property
    def threads(self) -> tuple[Thread, ...]:
        """All that the act belongs to inside its record."""
        return ((self.thread_kind, id_),) if (id_ := self.thread) else ()


class ForReferral(Act):
    """An act that may belong to a referral's thread, so that the one asked can tell it and see it."""

    referral: UUID | None = None

    @property
    def threads(self) -> tuple[Thread, ...]:
        own = super().threads
        return (*own, ("referral", self.referral)) if self.referral else own


class OfUnknownKind(Act):
    """Stands for an act on a record of a kind that only a later version knows; `stored` is what the store holds."""

    effect: ClassVar[Effect] = "statement"
    type: str
    stored: bytes = b""


@dataclass(frozen=True, slots=True)
class SealedPart:
    """The marked fields of one category, sealed; `key` names the key and tells nothing else."""

    category: str
    key: str
    sealed: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One line of the record. Its act holds the skeleton; marked fields are only in `personal`."""

    originator_id: str
    originator_version: int
    act: Act
    organisation: str
    act_id: UUID
    occurred: Moment
    recorded_at: datetime
    practitioner: UUID
    on_behalf_of: str | None = None
    evidence: Evidence = "own"
    only_for: tuple[str, ...] | None = None
    imported_from: str | None = None
    correlation_id: UUID | None = None
    causation_id: str | None = None
    known_at: int = 0
    personal: tuple[SealedPart, ...] = ()
    position: int = 0
    """Where it stands on the whole record; 0 while it is not entered or the store does not say."""
    claim: bool = False
    """An answer told by somebody else's account: without effect until the one it concerns attests it."""
    confirms: bool = False
    """An attestation by which a claim takes effect."""
    ruled: Ruling = ""
    """Derived, not stored: how much effect the rules of authority give it; empty while nobody has ruled."""
    worded: int = 0
    """Derived, not stored: the version of the amendment since which it says what it says; 0 for its own."""
    counts_from: int = 0
    """Derived, not stored: the version from which a claim has effect; 0 for its own."""

    @property
    def kind(self) -> Kind | None:
        """Of its record; None if this version does not know it."""
        return kind_of(self.originator_id)

    @property
    def told(self) -> Moment:
        """When others could know of it: when it was recorded, and not before it happened."""
        return max(self.occurred, Moment(self.recorded_at), key=lambda each: each.time)

    @property
    def key(self) -> tuple[str, UUID]:
        """What makes an act the same act when it arrives twice."""
        return self.organisation, self.act_id

    @property
    def actor(self) -> str:
        """Whose act it was: the one it is told for, else the one who tells."""
        return self.on_behalf_of or self.organisation

    def told_to(self, reader: str) -> bool:
        """Whether `only_for` leaves it open to one that did not write it; never closed to the one it is told for."""
        return self.only_for is None or reader in self.only_for or reader == self.on_behalf_of

    @property
    def since(self) -> int:
        """The version from which it has effect."""
        return self.counts_from or self.originator_version

    @property
    def categories(self) -> frozenset[str]:
        """Those that this version knows: a part of another category is nobody's to open."""
        return frozenset([part.category for part in self.personal if part.category in CATEGORIES])

    @property
    def id(self) -> str:
        return f"{self.originator_id}/{self.originator_version}"
