"""An organisation leaves cases into which another has brought it, and declines what it was asked there.

It works with what any partner may ask and tell: the caseload, timelines and referrals, `member-left` of itself and
`referral-declined`.
"""

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any, Final

from adapters.ids import uuid7
from adapters.partner import Partner, now
from adapters.sentences import in_full

PAGE: Final = 200
MOST_WAITED_S: Final = 60
WAITING: Final = frozenset({"sent", "waitlisted"})
BROUGHT: Final = {
    "member-joined": ("organisation",),
    "placement-agreed": ("host", "agency", "user_company", "promoter"),
    "handover-proposed": ("to",),
    "teller-named": ("teller",),
}

Progress = Callable[[int], None]


class RefusedQueryError(RuntimeError):
    """A question was refused; its text is the sentence."""


@dataclass(frozen=True, slots=True)
class Place:
    """A case in which it stands because `sender` has brought it in: as a member, as a host in a thread, or asked."""

    case: str
    sender: str
    because: str
    since: str
    referral: str | None = None
    person: str = ""
    """As the caseload names the person; nothing where no name is seen."""

    def told(self) -> dict[str, Any]:
        return asdict(self)

    def act(self, organisation: str, reason: str, practitioner: str) -> dict[str, Any]:
        about = {"case": self.case, "practitioner": practitioner}
        if self.referral:
            return {"type": "referral-declined", "referral": self.referral, "reason_class": reason, **about}
        return {"type": "member-left", "organisation": organisation, "reason_class": reason, **about}


@dataclass(frozen=True, slots=True)
class Left:
    """What became of it: the outcome, and the sentence where it was refused."""

    place: Place
    outcome: str
    sentence: str = ""


async def places(speaks: Partner, progress: Progress = lambda _: None) -> AsyncIterator[Place]:
    """Every case into which somebody else has brought it and where it still stands; `progress` hears how many."""
    persons: dict[str, str] = {}
    async for row in _pages(speaks, "board", "cases", {}):
        persons[row["case"]] = " ".join((row["person"] or {}).get("names") or ())
        progress(len(persons))
        if row["role"] in ("member", "thread") and (found := await _brought_in(speaks, row["case"])) is not None:
            yield replace(found, person=persons[row["case"]])
    async for row in _pages(speaks, "referrals", "referrals", {"open_only": True}):
        if row["receiver"] == speaks.organisation and row["state"] in WAITING:
            person = persons.get(row["case"], "")
            yield Place(row["case"], row["sender"], "referral-sent", row["sent"], row["referral"], person)


async def leave(speaks: Partner, place: Place, *, reason: str, practitioner: str, dry_run: bool = False) -> Left:
    """Put off, it waits and tells it again: the same act, so that it is recorded once."""
    once = {"act_id": str(uuid7()), "occurred_at": now.get()().isoformat(timespec="seconds")}
    act = place.act(speaks.organisation, reason, practitioner) | once | ({"dry_run": True} if dry_run else {})
    while True:
        answer = await speaks.act(act)
        if answer["outcome"] != "try later":
            return Left(place, answer["outcome"], in_full(answer) if "sentence" in answer else "")
        await asyncio.sleep(min(answer["after_s"], MOST_WAITED_S))


async def _brought_in(speaks: Partner, case: str) -> Place | None:
    """By whom it was last, unless it came in by what it said itself."""
    found: Place | None = None
    async for entry in _pages(speaks, "timeline", "entries", {"case": case}):
        act: Mapping[str, Any] = entry.get("act") or {}
        of = entry.get("type", "")
        if entry.get("masked") or entry["organisation"] == speaks.organisation:
            continue
        if speaks.organisation in (act.get(field) for field in BROUGHT.get(of, ())):
            found = Place(case, entry["organisation"], of, entry["occurred_at"])
    return found


async def _pages(speaks: Partner, query: str, name: str, asked: Mapping[str, Any]) -> AsyncIterator[dict[str, Any]]:
    cursor: Any = None
    while True:
        found = await speaks.ask(query, {**asked, "limit": PAGE, **({} if cursor is None else {"cursor": cursor})})
        if "outcome" in found:
            raise RefusedQueryError(found.get("sentence", found["outcome"]))
        for each in found[name]:
            yield each
        if (cursor := found.get("next")) is None:
            return
