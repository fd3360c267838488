"""The file of one case."""

from datetime import date

from services.obligations import due_shown
from services.queries.case_shown import course_shown, handovers_shown, persons_told, practitioners_of, team_shown
from services.queries.names import practitioners
from services.queries.opening import opened
from services.queries.pages import END, MOST, Answer, shortened
from services.queries.person_shown import person_of
from services.queries.reading import Reading
from services.queries.rows_shown import line_shown, loop_shown
from services.seen import case_of


def case_file(at: Reading, *, case: str, as_of: date | None = None) -> Answer:
    """What is due as of today or of another day. `cut_short`: what is due on these is not counted to the end.

    A file too large for one answer keeps the latest; `left_out` counts the rest, which `timeline`, `referrals` and
    `due` give page by page.
    """
    row = at.line(case)
    seen = at.views.of_record(at.reader, row.record)
    folded = case_of(row.record, at.each(seen))
    parts = opened(at.keyring, seen, frozenset({"identity", "contact"}))
    person = person_of(parts.get(position, []) for position in persons_told(folded))
    acted = practitioners_of(seen)
    names = practitioners(at.keyring, at.views, at.reader, acted)
    referrals = at.views.referrals(at.reader, before=END, limit=MOST, record=row.record, states=None)
    obligations = at.dues.of(at.views, row, at.day(as_of))
    file: Answer = {
        **line_shown(row, person, at.now, known_elsewhere=bool(at.known_elsewhere([row]))),
        "team": team_shown(folded),
        "handovers": handovers_shown(folded),
        "referrals": [loop_shown(r, at.now) for r in referrals],
        "course": course_shown(folded),
        "obligations": [due_shown(due) for due in obligations.dues],
        "cut_short": list(obligations.cut_short),
        "practitioners": [
            {"practitioner": str(id_), "organisation": organisation, "name": names.get(str(id_))}
            for id_, organisation in sorted(acted.items())
        ],
    }
    return shortened(file, latest_first={"referrals"})
