"""An act is what an organisation did; an entry is that act on the record, with who and when.

The `type` of an act and the names of its fields are the storage format: add fields with defaults, never rename.
"""

from datetime import date, datetime
from typing import Annotated, ClassVar, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from domain.facts import dataclass
from domain.moment import Moment

Kind = Literal["case", "organisation", "rulebook", "agreement"]
Evidence = Literal["own", "phone", "e-mail", "paper", "other-system"]

PERSONAL = frozenset({"identity", "contact", "work", "skills", "social"})
SPECIAL = frozenset({"health", "justice", "protection"})


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


class Happened:
    """Marks a day on which something happened, and that has come therefore; plans carry no such mark."""


OrganisationId = Annotated[str, StringConstraints(pattern=r"^o[a-z2-7]{12}$"), OfOrganisation()]
Token = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9-]{0,63}$")]
Text = Annotated[str, StringConstraints(max_length=4000)]
Line = Annotated[str, StringConstraints(max_length=200)]
Label = Annotated[str, StringConstraints(max_length=2000, pattern=r"^[^\x00-\x08\x0b-\x1f\x7f]*$"), Published()]
Version = Annotated[int, Field(ge=1, le=2**31)]
Day = Annotated[date, Happened()]
Cents = Annotated[int, Field(ge=0, le=10**9)]
"""An amount of money: EUR cents, always whole."""
Reference = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9-]{0,127}$")]
"""An id that the product makes and partners repeat, such as that of an obligation."""


class Part(BaseModel):
    """A group of fields inside an act."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)


class Act(BaseModel):
    """Something an organisation did or established, named in the past tense."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    kind: ClassVar[Kind] = "case"
    also_of: ClassVar[frozenset[Kind]] = frozenset()
    """Other kinds of record on which the same act may stand."""
    type: str

    @classmethod
    def kinds(cls) -> frozenset[Kind]:
        return cls.also_of | {cls.kind}

    @property
    def thread(self) -> UUID | None:
        """What the act belongs to inside its record, such as one referral."""
        return None


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

    @property
    def key(self) -> tuple[str, UUID]:
        """What makes an act the same act when it arrives twice."""
        return self.organisation, self.act_id

    @property
    def actor(self) -> str:
        """Whose act it was: the one it is told for, else the one who tells."""
        return self.on_behalf_of or self.organisation

    @property
    def categories(self) -> frozenset[str]:
        return frozenset(part.category for part in self.personal)

    @property
    def id(self) -> str:
        return f"{self.originator_id}/{self.originator_version}"
