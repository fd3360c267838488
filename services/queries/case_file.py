"""The file of one case."""

from datetime import date

from services.obligations import due_shown
from services.queries.case_shown import course_shown, handovers_shown, persons_told, practitioners_of, team_shown
from services.queries.names import practitioners
from services.queries.opening import opened
from services.queries.pages import END, MOST, Answer
from services.queries.person_shown import person_of
from services.queries.reading import Reading
from services.queries.rows_shown import line_shown, loop_shown
from services.seen import case_of


def case_file(at: Reading, *, case: str, as_of: date | None = None) -> Answer:
    """What is due as of today or of another day."""
    row = at.line(case)
    seen = at.views.of_record(at.reader, row.record)
    folded = case_of(row.record, seen)
    parts = opened(at.keyring, seen, frozenset({"identity", "contact"}))
    person = person_of(parts.get(position, []) for position in persons_told(folded))
    acted = practitioners_of(seen)
    names = practitioners(at.keyring, at.views, at.reader, acted)
    referrals = at.views.referrals(at.reader, before=END, limit=MOST, record=row.record, states=None)
    return {
        **line_shown(row, person, at.now, known_elsewhere=bool(at.known_elsewhere([row]))),
        "team": team_shown(folded),
        "handovers": handovers_shown(folded),
        "referrals": [loop_shown(r, at.now) for r in referrals],
        "course": course_shown(folded),
        "obligations": [due_shown(due) for due in at.dues.of(at.views, row, at.day(as_of))],
        "practitioners": [
            {"practitioner": str(id_), "organisation": organisation, "name": names.get(str(id_))}
            for id_, organisation in sorted(acted.items())
        ],
    }
