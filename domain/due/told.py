"""What the acts that hold tell of, read once for all that may be due on a case."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property
from typing import TypeVar

from domain.cadence import Chain, obligations
from domain.calendar import Calendar, calendar
from domain.case import Case
from domain.case.closing import CaseClosed, CaseReopened, CaseResumed, CaseSuspended
from domain.entry import Act, Entry
from domain.matter import Ended, Fact, Matter, Suspended
from domain.network import Network
from domain.obligation import Obligation
from domain.rulebook import Rule, Rulebook, Ruled, Timer

A = TypeVar("A", bound=Act)

_FINAL = {"death": "person-died", "transferred": "case-transferred"}
"""Classes of a reason after which even what is late already need not be done."""


@dataclass(frozen=True)
class Told:
    """A case as of a day: nothing that happened after it counts."""

    case: Case
    network: Network
    as_of: date
    place: str | None = None

    @cached_property
    def acts(self) -> tuple[tuple[Act, Entry], ...]:
        return tuple((act, entry) for act, entry in self.case.effective() if day_of(entry) <= self.as_of)

    def of(self, kind: type[A]) -> Iterator[tuple[A, Entry]]:
        return ((act, entry) for act, entry in self.acts if isinstance(act, kind))

    @cached_property
    def rulebook(self) -> Rulebook:
        return self.network.rulebook or Rulebook("")

    @cached_property
    def calendars(self) -> dict[str, Calendar]:
        return {name: calendar(published, self.place) for name, published in self.rulebook.calendars.items()}

    @cached_property
    def course(self) -> tuple[Fact, ...]:
        """When the case stood still and when it ended. Closed and taken up again, it only stood still."""
        facts: list[Fact] = []
        stopped: Fact | None = None
        turns = (CaseSuspended, CaseResumed, CaseClosed, CaseReopened)
        for act, entry in sorted((t for t in self.acts if isinstance(t[0], turns)), key=_in_time):
            on, version = day_of(entry), entry.originator_version
            match act:
                case CaseClosed(reason_class=reason):
                    if isinstance(stopped, Suspended):
                        facts.append(stopped)
                    stopped = ended(on, version, "case-closed", reason)
                case CaseSuspended() if stopped is None:
                    stopped = Suspended(on=on, entry=version)
                case CaseResumed() | CaseReopened() if stopped:
                    facts.append(Suspended(on=stopped.on, until=on, entry=stopped.entry))
                    stopped = None
                case _:
                    pass
        return (*facts, stopped) if stopped else tuple(facts)

    def rules(self, begins: str, fulfilled: str) -> list[str]:
        """The rules that begin with the one act and are fulfilled with the other, and follow no other rule."""
        found = [
            rule.id
            for edition in self.rulebook.editions
            for rule in edition.rules
            if (timer := rule.timer) and begins in timer.begins_with and fulfilled in timer.fulfilled_with
            if timer.follows is None
        ]
        return list(dict.fromkeys(found))

    def asked(self, rule: str, matter: Matter, chain: Chain | None = None) -> tuple[Obligation, ...]:
        return obligations(chain or self.rulebook.chain_of(rule), matter, self.as_of, self.calendars)

    def timer(self, obligation: Obligation) -> Timer | None:
        rule = self.rule(obligation.rule, obligation.edition)
        return rule.timer if rule else None

    def rule(self, id_: str, edition: int) -> Rule | None:
        return next((r.rule for r in self.rulebook.editions_of(id_) if r.edition == edition), None)


def day_of(entry: Entry) -> date:
    return entry.occurred.time.date()


def ended(on: date, entry: int, by: str, reason: str) -> Ended:
    """As the act says, or as its reason does where that is final."""
    return Ended(on=on, entry=entry, by=_FINAL.get(reason, by), also_late=reason in _FINAL)


def for_channel(chain: Chain, channel: str) -> Chain:
    """Without what the rules say of other channels only."""
    return [tuple(r if _asks(r, channel) else replace(r, rule=None) for r in editions) for editions in chain]


def _asks(ruled: Ruled, channel: str) -> bool:
    timer = ruled.rule.timer if ruled.rule else None
    return timer is None or not timer.channels or channel in timer.channels


def _in_time(told: tuple[Act, Entry]) -> tuple[date, int]:
    return day_of(told[1]), told[1].originator_version
