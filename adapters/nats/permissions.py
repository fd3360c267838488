"""What each part of the service itself may publish in the account of the record.

History is cut by one `STREAM.UPDATE`, whatever the stream's deny flags say. So the connections that run all
day cannot administer streams; the one that can is opened at the start, and closed.
"""

from typing import Any

# Reading, consuming and purging what is not the record. Everything else of the JetStream API is denied by not
# being here: CREATE, UPDATE, DELETE, PURGE, MSG.DELETE, SNAPSHOT, RESTORE and what later servers may add.
_JETSTREAM = [
    "$JS.API.INFO",
    "$JS.API.STREAM.NAMES",
    "$JS.API.STREAM.LIST",
    "$JS.API.STREAM.INFO.*",
    "$JS.API.STREAM.MSG.GET.*",
    "$JS.API.DIRECT.GET.>",
    "$JS.API.CONSUMER.>",
    # Erasing a person empties these two of the case; the record itself cannot be purged.
    "$JS.API.STREAM.PURGE.FEED",
    "$JS.API.STREAM.PURGE.DEAD",
    # One that could be read at last is taken from what was kept aside.
    "$JS.API.STREAM.MSG.DELETE.DEAD",
    "$JS.ACK.>",
    "$JS.FC.>",
]
_RECORD = ["record.>", "feed.>", "dead.>"]
# A page or the HTTP door in a process of its own hands in at the same doors. What comes from a partner is
# stamped with its account, whatever it says; what comes from within the service has no stamp.
_DOORS = ["in.>", "ask.>", "drop.>"]
# Desks tell one another how their clocks go.
_CLOCKS = ["clock.>"]
# `_R_` is where the server keeps the way back to a caller in another account.
_ANSWERS = ["_INBOX.>", "_R_.>"]

SERVICE: dict[str, Any] = {
    "pub": {"allow": [*_JETSTREAM, *_RECORD, *_DOORS, *_CLOCKS, *_ANSWERS]},
    "sub": {"deny": ["$SYS.>"]},
}

# Replay, checks and lists of what was kept aside: reads the streams, writes nowhere, hands nothing in.
_READING = [
    "$JS.API.INFO",
    "$JS.API.STREAM.INFO.*",  # also those of the drop door, one for each organisation
    *(f"$JS.API.STREAM.MSG.GET.{stream}" for stream in ("RECORD", "DEAD")),
    "$JS.API.DIRECT.GET.RECORD",
    "$JS.API.DIRECT.GET.RECORD.>",
]
READER: dict[str, Any] = {"pub": {"allow": _READING}, "sub": {"allow": ["_INBOX.>"]}}

# Whoever runs the service, from the command line: asks the running service for what only it can do. No account
# of an organisation has an opening to these subjects, and the service itself may not publish them either.
CONSOLE: dict[str, Any] = {"pub": {"allow": ["console.>"]}, "sub": {"allow": ["_INBOX.>"]}}

# At the start, and when an organisation is added: makes the streams.
ADMINISTRATOR: dict[str, Any] = {}

# Asks the server how it is and which streams it has.
WATCHER: dict[str, Any] = {
    "pub": {"allow": ["$SYS.REQ.SERVER.PING.HEALTHZ", "$SYS.REQ.SERVER.PING.JSZ"]},
    "sub": {"allow": ["_INBOX.>"]},
}

# Tells the server about accounts, and asks whether it knows one; sees and does nothing else of the system.
REGISTRAR: dict[str, Any] = {
    "pub": {"allow": ["$SYS.REQ.CLAIMS.UPDATE", "$SYS.REQ.ACCOUNT.*.CLAIMS.LOOKUP"]},
    "sub": {"allow": ["_INBOX.>"]},
}

# Hears how many connections each account has, and nothing else: what nobody waits for any more is not worked on.
LISTENER: dict[str, Any] = {"pub": {"deny": [">"]}, "sub": {"allow": ["$SYS.ACCOUNT.*.SERVER.CONNS"]}}
