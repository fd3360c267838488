"""The organisations of the network."""

from services.queries.names import named
from services.queries.pages import MOST, Answer, fitting, limited, page
from services.queries.reading import Reading
from services.views.rows import OrganisationRow


def directory(at: Reading, *, limit: int = MOST, cursor: str | None = None) -> Answer:
    rows = [row for row in at.views.organisations() if row.id > (cursor or "")]
    found, more = page(rows, limited(limit))
    names = named(at.keyring, at.views.at(at.reader, [row.named for row in found]))
    all_ = [_shown(row, names.get(row.named)) for row in found]
    shown, next_ = fitting(found, all_, found[-1].id if more else None, lambda row: row.id)
    return {"organisations": shown, "next": next_}


def _shown(row: OrganisationRow, name: str | None) -> Answer:
    return {
        "organisation": row.id,
        "name": name,
        "kind": row.kind,
        "connected": bool(row.connected),
        "country": row.country,
        "part_of": row.part_of,
        "reached_through": row.reached_through,
        "suspended": bool(row.suspended),
        "office": bool(row.founder),
    }
