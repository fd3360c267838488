"""The tables of the views. Numbers and texts only, so that SQLite and PostgreSQL keep the very same rows."""

from sqlalchemy import BigInteger, Column, Index, Integer, MetaData, Table, Text

METADATA = MetaData()

_POSITION = BigInteger().with_variant(Integer, "sqlite")

ENTRY = Table(
    "entry",
    METADATA,
    Column("position", _POSITION, primary_key=True, autoincrement=False),
    Column("record", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("version", Integer, nullable=False),
    Column("type", Text, nullable=False),
    Column("organisation", Text, nullable=False),
    Column("on_behalf_of", Text),
    Column("time", Text, nullable=False),
    Column("precision", Text, nullable=False),
    Column("recorded", Text, nullable=False),
    Column("content", Text, nullable=False),  # as on the record: skeleton in clear, the rest sealed
)

AUDIENCE = Table(
    "audience",
    METADATA,
    Column("organisation", Text, primary_key=True),
    Column("record", Text, primary_key=True),
    Column("position", _POSITION, primary_key=True),
    Column("categories", Text, nullable=False),
    Column("masked", Integer, nullable=False),
    sqlite_with_rowid=False,
)

BOARD = Table(
    "board",
    METADATA,
    Column("organisation", Text, primary_key=True),
    Column("record", Text, primary_key=True),
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
    Index("board_by_last_act", "organisation", "last_position"),
    sqlite_with_rowid=False,
)

REFERRAL = Table(
    "referral",
    METADATA,
    Column("organisation", Text, primary_key=True),
    Column("record", Text, primary_key=True),
    Column("referral", Text, primary_key=True),
    Column("sender", Text, nullable=False),
    Column("receiver", Text, nullable=False),
    Column("service", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("sent", Text, nullable=False),
    Column("answered", Text),
    Column("closed", Text),
    Column("answer_by", Text),
    Column("position", _POSITION, nullable=False),
    Index("referral_by_position", "organisation", "position"),
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
