"""The lists of a caseload. Another one is a module of this folder and a line here; its table is made from its rows."""

from functools import cache
from typing import Any, Final

from domain.entry import Act
from services.views.kinds.claims import CLAIMS
from services.views.kinds.kind import Kind
from services.views.kinds.meetings import MEETINGS
from services.views.kinds.placements import PLACEMENTS
from services.views.kinds.referrals import REFERRALS
from services.views.kinds.tasks import TASKS

KINDS: Final[tuple[Kind[Any], ...]] = (REFERRALS, PLACEMENTS, MEETINGS, TASKS, CLAIMS)
BY_NAME: Final = {kind.name: kind for kind in KINDS}


@cache
def touched_by(act: type[Act]) -> tuple[Kind[Any], ...]:
    """The kinds of which an act of this type may change rows."""
    return tuple(kind for kind in KINDS if issubclass(act, kind.touched_by))


@cache
def names_touched_by(act: type[Act]) -> frozenset[str]:
    return frozenset(kind.name for kind in touched_by(act))
