"""The doctor compares the record with what the folder remembers of it."""

from pathlib import Path
from typing import Any

from adapters.jetstream.link import Link
from adapters.jetstream.message import from_leader
from adapters.jetstream.reply import ApiError
from adapters.jetstream.streams import INCARNATION
from adapters.jetstream.subjects import Subjects
from adapters.last_known import LastKnown, UnreadableNoteError, last_known
from adapters.upkeep.checks import Finding
from services.position import digest_of

CHECK = "record remembered"
ADVICE = "Record nothing on it: find out why, or restore the backup into a new folder"


async def remembered(link: Link, info: dict[str, Any], data: Path) -> Finding:
    """The last entry that this folder knew stands on the record still."""
    try:
        known = last_known(data)
    except UnreadableNoteError as error:
        return Finding(CHECK, "fail", str(error))
    if known is None:
        return Finding(CHECK, "ok", "nothing is known of before")
    incarnation = info["config"].get("metadata", {}).get(INCARNATION)
    if known.incarnation != incarnation:
        return Finding(CHECK, "fail", f"it is {incarnation}, this folder knew {known.incarnation}. {ADVICE}")
    if (last := info["state"]["last_seq"]) < known.position:
        return Finding(CHECK, "fail", f"it ends at {last}, entry {known.position} was known. {ADVICE}")
    if not await _stands(link, known):
        return Finding(CHECK, "fail", f"entry {known.position} is not the one that was known. {ADVICE}")
    return Finding(CHECK, "ok", f"entry {known.position} is the one that was known")


async def _stands(link: Link, known: LastKnown) -> bool:
    try:
        answer = await link.api("STREAM.MSG.GET.RECORD", {"seq": known.position}, within=5.0)
    except ApiError:
        return False
    return digest_of(from_leader(Subjects("record"), answer["message"])) == known.digest
