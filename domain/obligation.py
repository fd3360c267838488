"""One thing that is or was due: under which rule, made by which entry, by when, and how it stands."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Final, Literal

from domain.facts import dataclass, replace

State = Literal[
    "upcoming",
    "open",
    "waiting-for-attestation",
    "fulfilled",
    "fulfilled-on-evidence",
    "late",
    "missed",
    "contested",
    "suspended",
    "lapsed",
    "waived",
    "merged",
]
Timing = Literal["early", "on-time", "late"]

EXPECTED: Final[frozenset[State]] = frozenset({"upcoming", "open", "late", "suspended"})
HELD: Final[frozenset[State]] = frozenset(
    {"waiting-for-attestation", "fulfilled", "fulfilled-on-evidence", "contested"}
)

LEADS_TO: Final[Mapping[State, frozenset[State]]] = {
    "upcoming": EXPECTED | HELD | {"missed", "lapsed", "waived", "merged"},
    "open": EXPECTED - {"upcoming"} | HELD | {"missed", "lapsed", "waived", "merged"},
    "suspended": EXPECTED | HELD | {"missed", "lapsed", "waived", "merged"},
    "late": HELD | {"missed", "lapsed", "waived", "merged"},
    "missed": HELD | {"waived", "merged"},  # made up before the next one opens, or waived afterwards by name
    "waived": HELD,  # held all the same
    "merged": EXPECTED | HELD | {"missed", "lapsed", "waived"},
    "waiting-for-attestation": HELD,
    "fulfilled": HELD,
    "fulfilled-on-evidence": HELD,
    "contested": HELD,
    "lapsed": frozenset(),
}
"""How a state may go on when time passes and what happens is told. A report that comes late may change any of them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Obligation:
    """`original` is the due date as counted and `due` where it rolled to; the window is from `opens` to `latest`.

    `made_by` and `resolved_by` are versions of entries on the record; resolved by none, it is missed by time. `lacking`
    are the roles needed that were not there: held, but not joint. `left` are the days left while it is suspended.
    `silent` are those whose attestation it waits for; `one_sided`: it was done on the word of one account, which spoke
    for the other side too.
    """

    subject: str
    rule: str
    number: int
    edition: int
    calendar: str
    calendar_edition: int
    made_by: int
    anchor: date
    original: date
    due: date
    opens: date
    latest: date
    state: State
    resolved_by: int | None = None
    held: date | None = None
    timing: Timing | None = None
    lacking: tuple[str, ...] = ()
    silent: tuple[str, ...] = ()
    one_sided: bool = False
    left: int | None = None
    merged_into: str = ""
    convenes: str | None = None
    needed: tuple[str, ...] = ()
    merges_with: tuple[str, ...] = ()

    @property
    def key(self) -> str:
        """Its name in the matter, such as `joint-review/2`. A late report of an earlier one renumbers those after."""
        return f"{self.rule}/{self.number}"

    @property
    def joint(self) -> bool | None:
        """Whether everyone needed was there; nothing, as long as it was not held."""
        return not self.lacking if self.held else None


def last_meeting(obligations: Iterable[Obligation]) -> date | None:
    """The day from which a matter that goes on counts: the last one held, or due and not held."""
    passed = [o.held or o.original for o in obligations if o.state in HELD | {"missed", "waived"}]
    return passed[-1] if passed else None


def merged(obligations: Iterable[Obligation]) -> tuple[Obligation, ...]:
    """Show as merged what is expected within the window of another that its rule merges with: one meeting is enough."""
    all_ = tuple(obligations)
    wanted = {rule for each in all_ for rule in each.merges_with}
    into = tuple(each for each in all_ if each.rule in wanted)
    return tuple(_merged(each, into) if each.merges_with else each for each in all_)


def _merged(obligation: Obligation, others: tuple[Obligation, ...]) -> Obligation:
    if obligation.state not in EXPECTED and (obligation.state != "missed" or obligation.resolved_by is not None):
        return obligation
    into = next((o for o in others if o.rule in obligation.merges_with and _takes(o, obligation.due)), None)
    return replace(obligation, state="merged", merged_into=into.key) if into else obligation


def _takes(other: Obligation, due: date) -> bool:
    return other.state in EXPECTED | HELD and other.opens <= due <= other.latest
