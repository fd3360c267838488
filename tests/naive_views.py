"""The views as one would write them without thinking of speed: everything folded anew, from the policy alone."""

from collections.abc import Iterable
from typing import Any

from domain.case import Case, replay
from domain.entry import Act, Entry
from domain.visibility import sight, standing

Seen = tuple[int, tuple[str, ...], bool]


def cases_at(entries: Iterable[Entry], position: int) -> list[Case]:
    of: dict[str, list[Entry]] = {}
    for entry in entries:
        if entry.position <= position and entry.originator_id.startswith("case/"):
            of.setdefault(entry.originator_id, []).append(entry)
    return [replay(told, onto=Case(id_)) for id_, told in of.items()]


def seen(case: Case, reader: str) -> list[Seen]:
    found = []
    for version in range(1, case.version + 1):
        entry = case.history.entries[version]
        how = sight(case, entry, reader)
        if how is not None:
            found.append((entry.position, tuple(sorted(how.categories)), how.masked))
    return found


def line(case: Case, reader: str) -> dict[str, Any] | None:
    """A board's line from what the reader sees."""
    visible = [e for e in case.history.entries.values() if sight(case, e, reader)]
    visible.sort(key=lambda e: e.originator_version)
    if not visible:
        return None
    masked = {e.originator_version for e in visible if sight(case, e, reader) == sight_masked}
    state: dict[str, Any] = {
        "status": "open",
        "taken_on": None,
        "referrals": {},
        "asked": {},
        "contact": None,
        "orphan": False,
    }
    for act, entry in _holding(visible, masked):
        _take(state, act, entry)
    stands = standing(case, reader)
    last = visible[-1]
    return {
        "role": stands.role if stands else None,
        "status": state["status"],
        "taken_on": state["taken_on"],
        "open_referrals": sum(r in ("sent", "waitlisted") for r in state["referrals"].values()),
        "referrals": dict(sorted(state["referrals"].items())),
        "last_position": last.position,
        "last_type": "masked" if last.originator_version in masked else last.act.type,
        "has_contact": state["contact"] is not None,
    }


def lists(case: Case, reader: str) -> dict[str, dict[str, tuple[object, ...]]]:
    """Placements and tasks from what the reader sees, by id."""
    visible = sorted((e for e in case.history.entries.values() if sight(case, e, reader)), key=_version)
    masked = {e.originator_version for e in visible if sight(case, e, reader) == sight_masked}
    placements: dict[str, dict[str, Any]] = {}
    tasks: dict[str, dict[str, Any]] = {}
    for act, _ in _holding(visible, masked):
        _place(placements, act)
        _set(tasks, act)
    return {
        "placement": {id_: (p["host"], p["started"], p["ended"], p["cancelled"]) for id_, p in placements.items()},
        "task": {id_: (t["doer"], t["due"], t["done"]) for id_, t in tasks.items()},
    }


def _version(entry: Entry) -> int:
    return entry.originator_version


def _place(placements: dict[str, dict[str, Any]], act: Act) -> None:
    id_ = str(getattr(act, "placement", ""))
    if act.type == "placement-agreed":
        host = act.host  # type: ignore[attr-defined]
        placements[id_] = {"host": host, "started": None, "ended": None, "cancelled": False}
    elif id_ in placements:
        told: dict[str, dict[str, Any]] = {
            "placement-started": {"started": str(getattr(act, "started", None))},
            "placement-ended": {"ended": str(getattr(act, "ended", None))},
            "placement-cancelled": {"cancelled": True},
        }
        placements[id_] |= told.get(act.type, {})


def _set(tasks: dict[str, dict[str, Any]], act: Act) -> None:
    if act.type == "meeting-held":
        for task in act.tasks:  # type: ignore[attr-defined]
            due = str(task.due) if task.due else None
            tasks.setdefault(str(task.task), {"doer": task.organisation, "due": due, "done": False})
    if act.type == "task-done" and (id_ := str(act.task)) in tasks:  # type: ignore[attr-defined]
        tasks[id_]["done"] = True


def _holding(visible: list[Entry], masked: set[int]) -> Iterable[tuple[Act, Entry]]:
    """The acts that have effect, in order: a claim stands where it is confirmed."""
    visible = [e for e in visible if e.ruled != "none"]  # what the rules of authority refuse has no effect
    said = [e for e in visible if e.originator_version not in masked]
    claims = {e.originator_version: e for e in visible if e.claim}
    for entry in visible:
        held = _held(entry, said, masked)
        if entry.confirms and held is not None and (claim := claims.get(_about(entry))):
            act = _held(claim, said, masked)
            if act is not None and _worded(claim, said) < entry.originator_version:
                yield act, claim
        elif held is not None and not entry.claim:
            yield held, entry


def _about(entry: Entry) -> int:
    """The version of the entry that it is about."""
    return getattr(entry.act, "entry", 0)


def _held(entry: Entry, said: list[Entry], masked: set[int]) -> Act | None:
    if amendment := _amendment(entry, said):
        return amendment.act.act if amendment.act.type == "act-corrected" else None  # type: ignore[attr-defined]
    return None if entry.originator_version in masked else entry.act


def _amendment(of: Entry, said: list[Entry]) -> Entry | None:
    """The last correction or retraction of the entry that was not taken back."""
    gone = {_about(e) for e in said if e.act.type == "act-retracted"}
    amending = [
        e for e in said if e.act.type in ("act-corrected", "act-retracted") and e.originator_version not in gone
    ]
    return next((e for e in reversed(amending) if _about(e) == of.originator_version), None)


def _worded(claim: Entry, said: list[Entry]) -> int:
    """The version since which the claim says what it says."""
    since, before = 0, None
    for n, entry in enumerate(said, 1):
        after = _amendment(claim, said[:n])
        if after is not before and not (after is entry and entry.ruled == "same"):
            since = entry.originator_version
        before = after
    return since


def _take(state: dict[str, Any], act: Act, entry: Entry) -> None:
    state["status"] = {
        "case-suspended": "suspended",
        "case-resumed": "open",
        "case-reopened": "open",
        "case-closed": "closed",
    }.get(act.type, state["status"])
    state["taken_on"] = {"case-taken-on": 1, "case-not-taken-on": 0}.get(act.type, state["taken_on"])
    if act.type == "contact-made":
        state["contact"] = entry.position
    known = {
        "referral-sent": "sent",
        "referral-accepted": "accepted",
        "referral-declined": "declined",
        "referral-waitlisted": "waitlisted",
        "referral-withdrawn": "withdrawn",
        "referral-outcome-returned": "closed",
    }.get(act.type)
    asked = state["asked"].get(str(act.thread))
    if known == "sent":
        state["asked"][str(act.thread)] = act.to  # type: ignore[attr-defined]
    elif known in ("accepted", "declined", "waitlisted", "closed") and asked != entry.actor:
        return  # it was corrected to ask another: this is no answer of that one
    if known and (known == "sent" or asked):
        state["referrals"][str(act.thread)] = known


class _Masked:
    def __eq__(self, other: object) -> bool:
        return bool(getattr(other, "masked", False))

    def __hash__(self) -> int:
        return 0


sight_masked = _Masked()
