"""Whether the later entries of a case could still be, once an entry is amended: only those are asked that it concerns.

An entry that could not have been before the amendment either is none of its faults.
"""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Final
from uuid import UUID

from domain.case.about import AboutAct
from domain.case.amending import Amended, patched, quietly_sent
from domain.case.assessment import AssessmentAct
from domain.case.disturbing import effect, read_by
from domain.case.meeting import MeetingAct
from domain.case.path import Path
from domain.case.placement import OutcomeAct, PlacementAct
from domain.case.project import Plan, ProjectAct, ProposalAct, StepAct
from domain.case.referral import ReferralAct, ReferralSent
from domain.case.team import TeamAct
from domain.case.threads import Key, keys
from domain.entry import Act, Entry
from domain.facts import replace
from domain.history import History
from domain.refusal import Refused

if TYPE_CHECKING:
    from domain.case import Case


def check_holding(before: "Case", noted: "Case") -> None:
    """Refuses an amendment, the last entry of `noted`, after which another entry would have been impossible."""
    amended = before.amended_by(noted)
    if all(_local(before, noted, each) for each in amended):
        found = [impossible for each in amended for impossible in Holding(before, noted, each).impossible()]
        first = min(found, key=lambda each: each[0].originator_version, default=None)
    else:
        first = _first_impossible(noted)
        was = _first_impossible(before) if first else None
        first = None if first and was and was[0].originator_version <= first[0].originator_version else first
    if first and before.about.ended is not noted.about.ended:
        # What a wrong organisation has done since keeps nobody from ending its sight.
        itself = {each.entry.originator_version for each in amended}
        first = first if first[0].originator_version in itself else None
    if first:
        later, why = first
        raise Refused(
            "correction.makes-impossible", position=later.position, version=later.originator_version, because=why.code
        )


def _local(before: "Case", noted: "Case", amended: Amended) -> bool:
    """Whether only entries of the same threads can be impossible with it."""
    effects = {effect(type(act)) for act in amended.acts}
    if before.entangled(amended) or len(effects) > 1 or "everything" in effects or amended.version == 1:
        return False
    return "standing" not in effects or _quiet(before, noted, amended)


def _quiet(before: "Case", noted: "Case", amended: Amended) -> bool:
    """Whether it is a referral that nobody can have spoken of but as it is sent now."""
    was, now, threads = amended.was, amended.now, before.threads.of(before.history)
    if not isinstance(was, ReferralSent) or (now is None and len(threads.versions(was.referral)) > 1):
        return False
    if isinstance(now, ReferralSent) and was.to != now.to and len(threads.versions(was.referral)) > 1:
        return False
    return quietly_sent(before.path, amended, threads, before.holds, noted.holds) is not None


class Holding:
    def __init__(self, before: "Case", noted: "Case", amended: Amended) -> None:
        self.before, self.noted, self.amended = before, noted, amended
        self.threads = before.threads.of(before.history)

    def impossible(self) -> Iterator[tuple[Entry, Refused]]:
        yield from self._itself()
        for key in self._disturbed():
            yield from self._of_thread(key)

    def _itself(self) -> Iterator[tuple[Entry, Refused]]:
        """The amended entry, at its place."""
        entry, was, now = self.amended.entry, self.amended.was, self.amended.now
        why = self._refused(self._at(entry, now), _as(entry, now)) if now is not None else None
        if why and (was is None or self._refused(self._at(entry, was), _as(entry, was)) is None):
            yield entry, why

    def _at(self, entry: Entry, act: Act) -> Path:
        """What the act meets, as it was before the entry."""
        path = self.before.path
        for key in keys(act):
            if isinstance(key, UUID):
                path = patched(path, key, self.threads.before(key, entry.originator_version, self.before.holds))
        if isinstance(act, ReferralSent) and act.referral in path.referrals.by_id:
            path = replace(path, referrals=replace(path.referrals, by_id=path.referrals.by_id.delete(act.referral)))
        return path

    def _disturbed(self) -> Iterator[Key]:
        """The threads of which later entries may read something else than they did."""
        both = self.amended.was, self.amended.now
        was, now = ({k for k in keys(act) if isinstance(k, UUID)} if act else set() for act in both)
        everything = _reads_content(*both)
        return (key for key in self.amended.keys if everything or key not in was & now)

    def _of_thread(self, key: Key) -> Iterator[tuple[Entry, Refused]]:
        version, held = self.amended.version, self.noted.holds
        readers = tuple(reader for act in self.amended.acts for reader in read_by(type(act)))
        if not readers:
            return
        later = [found for v in self.threads.versions(key) if v > version and (found := held(v))]
        last = max((n for n, (act, _) in enumerate(later) if isinstance(act, readers)), default=-1)
        if last < 0:
            return
        thread = self.threads.before(key, version, self.before.holds)
        if self.amended.now is not None:
            thread = thread.after(self.amended.now, self.amended.entry)
        for act, entry in later[: last + 1]:
            if isinstance(act, readers):
                why = self._refused(patched(self._at(entry, act), key, thread), _as(entry, act))
                if why and self._refused(self._at(entry, act), _as(entry, act)) is None:
                    yield entry, why
                    return
            thread = thread.after(act, entry)

    def _refused(self, path: Path, entry: Entry) -> Refused | None:
        try:
            replace(self.before, path=path).check_possible(entry)
        except Refused as why:
            return why
        return None


def _first_impossible(case: "Case") -> tuple[Entry, Refused] | None:
    """The first entry of a case that could not be as things stand before it; it is asked of what holds alone."""
    path, empty = Path(), type(case)(case.id, partial=True)
    for act, entry in case.effective():
        if isinstance(act, AboutAct):
            continue
        held = _as(entry, act)
        if isinstance(act, JUDGED):  # most of a long case is not: contacts, news of the person
            walked = replace(empty, path=path, history=History(entry.since - 1, case.history.entries))
            try:
                walked.check_possible(held)
            except Refused as refused:
                return entry, refused
        path = path.after(act, held)
    return None


JUDGED: Final = (
    ReferralAct,
    TeamAct,
    PlacementAct,
    OutcomeAct,
    AssessmentAct,
    MeetingAct,
    ProjectAct,
    ProposalAct,
)
"""What `Case.check_possible` may refuse."""


def _as(entry: Entry, act: Act) -> Entry:
    return entry if entry.act is act else replace(entry, act=act)


def _reads_content(was: Act | None, now: Act | None) -> bool:
    """Whether later acts of the same threads may read in the one what is not in the other."""
    if was is None or now is None:
        return True
    match was, now:
        case Plan(), Plan():
            return bool({s.step for s in was.steps} - {s.step for s in now.steps})
        case StepAct(), StepAct():
            return was.step != now.step
        case PlacementAct(), PlacementAct():
            return True
        case _:
            return False  # they name the same, and were told at the same time
