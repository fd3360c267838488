"""The tables of the views. Numbers and texts only, so that SQLite and PostgreSQL keep the very same rows.

A column `record` holds the number of a record (`numbers.py`).
"""

from typing import Any, get_args, get_type_hints

from sqlalchemy import BigInteger, Column, Index, Integer, MetaData, Table, Text

from services.views.kinds import KINDS
from services.views.kinds.kind import Kind

METADATA = MetaData()

_POSITION = BigInteger().with_variant(Integer, "sqlite")

RECORD = Table(
    "record",
    METADATA,
    Column("number", _POSITION, primary_key=True, autoincrement=False),  # the position of its first entry
    Column("id", Text, nullable=False, unique=True),
)

ENTRY = Table(
    "entry",
    METADATA,
    Column("position", _POSITION, primary_key=True, autoincrement=False),
    Column("record", _POSITION, nullable=False),
    Column("subject", Text, nullable=False),  # the id of the record
    Column("version", Integer, nullable=False),
    Column("type", Text, nullable=False),
    Column("content", Text, nullable=False),  # as on the record: skeleton in clear, the rest sealed
    Column("ruled", Text, nullable=False),  # how much effect the rules of authority give it, if less than its own
)

AUDIENCE = Table(
    "audience",
    METADATA,
    Column("organisation", Text, primary_key=True),
    Column("record", _POSITION, primary_key=True),
    Column("position", _POSITION, primary_key=True),
    Column("categories", Text, nullable=False),
    Column("masked", Integer, nullable=False),
    Column("because", _POSITION, nullable=False),
    sqlite_with_rowid=False,
)

BOARD = Table(
    "board",
    METADATA,
    Column("organisation", Text, primary_key=True),
    Column("record", _POSITION, primary_key=True),
    Column("role", Text),
    Column("status", Text, nullable=False),
    Column("taken_on", Integer),
    Column("responsible", Text),
    Column("orphan", Integer, nullable=False),
    Column("last_position", _POSITION, nullable=False),
    Column("last_type", Text, nullable=False),
    Column("last_time", Text, nullable=False),
    Column("last_contact", Text),
    Column("open_referrals", Integer, nullable=False),
    Column("person", Text, nullable=False),
    Column("may_be_due", Integer, nullable=False),
    Column("contacts", Text, nullable=False),
    Column("moved", _POSITION, nullable=False),
    Index("board_by_last_act", "organisation", "last_position"),
    sqlite_with_rowid=False,
)


def _of_kind(kind: Kind[Any]) -> Table:
    """The columns are those of its rows; the first three are the key: reader, record and id."""
    columns = [_column(name, type_, key=n < 3) for n, (name, type_) in enumerate(get_type_hints(kind.row).items())]
    indexes = [Index(f"{kind.name}_by_{column}", "organisation", column) for column in kind.indexed]
    return Table(kind.name, METADATA, *columns, *indexes, sqlite_with_rowid=False)


def _column(name: str, type_: Any, *, key: bool) -> Column[Any]:
    types = get_args(type_) or (type_,)
    if name == "record":
        return Column(name, _POSITION, primary_key=key)
    number = _POSITION if name == "position" else Integer
    return Column(name, number if int in types else Text, primary_key=key, nullable=type(None) in types)


CASELOAD = {kind.name: _of_kind(kind) for kind in KINDS}

REFERRAL = CASELOAD["referral"]

PLACE = Table(
    "place",
    METADATA,
    Column("record", _POSITION, primary_key=True),
    Column("placement", Text, primary_key=True),
    Column("agreement", Text, nullable=False),
    Column("place_kind", Text, nullable=False),
    Column("agreed", Text, nullable=False),
    Column("first", Text, nullable=False),
    Column("last", Text),
    Column("one_sided", Integer, nullable=False),
    Index("place_by_agreement", "agreement"),
    sqlite_with_rowid=False,
)

TOLD_FOR = Table(
    "told_for",
    METADATA,
    Column("organisation", Text, primary_key=True),
    Column("record", _POSITION, primary_key=True),
    Column("position", _POSITION, primary_key=True),
    Column("version", Integer, nullable=False),
    Column("type", Text, nullable=False),
    Column("told_by", Text, nullable=False),
    Column("at", Text, nullable=False),
    Column("recorded", Text, nullable=False),
    Index("told_for_in_order", "organisation", "position"),
    sqlite_with_rowid=False,
)

ORGANISATION = Table(
    "organisation",
    METADATA,
    Column("id", Text, primary_key=True),
    Column("kind", Text, nullable=False),
    Column("connected", Integer, nullable=False),
    Column("country", Text, nullable=False),
    Column("part_of", Text),
    Column("reached_through", Text),
    Column("suspended", Integer, nullable=False),
    Column("founder", Integer, nullable=False),
    Column("named", _POSITION, nullable=False),
    Column("connected_at", _POSITION, nullable=False),
    Column("connected_on", Text, nullable=False),
)

PRACTITIONER = Table(
    "practitioner",
    METADATA,
    Column("organisation", Text, primary_key=True),
    Column("practitioner", Text, primary_key=True),
    Column("position", _POSITION, nullable=False),
)

STATE = Table(
    "state",
    METADATA,
    Column("one", Integer, primary_key=True, autoincrement=False),
    Column("position", _POSITION, nullable=False),
    Column("digest", Text, nullable=False),
    Column("incarnation", Text, nullable=False),
    Column("schema", Integer, nullable=False),
    Column("recorded", Text, nullable=False),
)
