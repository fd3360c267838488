"""A case in one line of a board, folded from the entries its reader may see and from nothing else."""

from collections.abc import Collection

from immutables import Map

from domain.case import Case, has_effect
from domain.case.contact import ContactMade
from domain.case.person import CaseOpened, PersonUpdated
from domain.case.referral import OPEN, ReferralSent
from domain.case.team import CaseHandedOut
from domain.entry import Act, Entry
from domain.facts import dataclass, replace
from domain.moment import Moment
from services.refolding import moves_lines
from services.seen import Masked, masking
from services.timetext import told
from services.views.loops import Loops, loops_after
from services.views.pairs import Pairs
from services.views.rows import BoardRow

MOST_PERSON_ENTRIES = 20


@dataclass(frozen=True, slots=True)
class Line:
    """`case` is the case as the reader sees it. Readers who see the same share the same line."""

    case: Case
    last: Entry | None = None
    contact: Moment | None = None
    person: tuple[int, ...] = ()
    """Positions of the entries that tell who the person is, the latest last: a name is opened from them."""
    orphan: bool = False
    loops: Loops = Map()
    pairs: Pairs = Pairs()
    stale: bool = False
    """Something was amended of which more than the case is made: that is to be folded again before it is read."""

    def after(self, entry: Entry, masks: Collection[int] = ()) -> "Line":
        """As one reader goes on; who saw all and no longer does rules on nothing either.

        `masks` are earlier entries that the new one takes back, and masks.
        """
        case = self.case if self.case.partial else replace(self.case, partial=True)
        line = self.grown(case.after(entry), entry)
        return replace(line, case=masking(line.case, masks)) if masks else line

    def grown(self, case: Case, entry: Entry) -> "Line":
        """With the entry in, where the case is already folded."""
        if self.stale or moves_lines(self.case, case, entry):
            return Line(case, entry, stale=True)
        if not has_effect(entry):
            return Line(case, entry, self.contact, self.person, self.orphan, self.loops, self.pairs)
        return self._held(case, entry, entry.act, entry, entry)

    def _held(self, case: Case, last: Entry | None, act: Act, entry: Entry, told_by: Entry) -> "Line":
        """`told_by` is the entry that carries the act: the correction, where there is one."""
        contact, person, orphan = self.contact, self.person, self.orphan
        match act:
            case ContactMade():
                if contact is None or contact.time <= entry.occurred.time:
                    contact = entry.occurred
            case CaseHandedOut():
                orphan = True
            case CaseOpened() | PersonUpdated() | ReferralSent() if "identity" in told_by.categories:
                person = (*person, told_by.position)[-MOST_PERSON_ENTRIES:]
            case _:
                pass
        loops = loops_after(self.loops, act, entry, case)
        return Line(case, last, contact, person, orphan, loops, self.pairs.after(act, entry))

    def row(self) -> BoardRow:
        """Without the reader, and when it last moved for that one: the only differences between who see the same."""
        path = self.case.path
        team, course = path.team, path.course
        last = self.last
        return BoardRow(
            organisation="",
            record=self.case.id,
            role=None,
            status=course.state,
            taken_on=None if course.taken_on is None else int(course.taken_on),
            responsible=team.responsible,
            orphan=int(self.orphan and team.responsible is None),
            last_position=last.position if last else 0,
            last_type=last.act.type if last else "",
            last_time=told(last.occurred) if last and not isinstance(last.act, Masked) else "",
            last_contact=told(self.contact) if self.contact else None,
            open_referrals=sum(r.state in OPEN for r in path.referrals.by_id.values()),
            person=" ".join(map(str, self.person)),
            may_be_due=int(bool(path.referrals.by_id or path.placements.by_id)),
            contacts=self.pairs.text,
            moved=0,
        )


def line_of(case: Case) -> Line:
    last = case.history.entries.get(case.version)
    line = Line(case, last)
    for act, entry in case.effective():
        amendment = None if act is entry.act else case.amendment(entry.originator_version)
        line = line._held(case, last, act, entry, amendment or entry)  # noqa: SLF001 (one family)
    return line
