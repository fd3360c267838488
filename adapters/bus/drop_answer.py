"""An answer to a dropped act as it stands on the feed: which act, and what the live door would have said."""

import re
from typing import Any, Final

from pydantic_core import to_json

from adapters.answering import told
from adapters.jetstream.answers import Said
from adapters.jetstream.drop_queue import Dropped
from domain.catalogue import ACTS, KINDS
from domain.refusal import Malformed
from domain.submission import named, record_id
from services.answers import Answer

MOST_FAULTS: Final = 50
_PATH: Final = re.compile(r"[A-Za-z0-9_.-]{0,80}", re.ASCII)


def answer_message(organisation: str, dropped: Dropped, answer: Answer) -> Said:
    """It is kept for months, so it repeats ids, codes and types only, whatever came in."""
    about = named(dropped.body)
    body = {
        "id": f"answer/{dropped.number}",
        "dropped": dropped.number,
        "act_id": about.act_id,
        "type": about.type,
        "record": about.record,
        "answer": _without_words(told(answer, dropped.language)),
    }
    where = ".".join(_named_by(dropped.subject))
    return Said(dropped.number, f"feed.{organisation}.answer.{where}", to_json(body))


def _named_by(subject: str) -> tuple[str, str, str]:
    """Kind, id and type as the subject has them, where they are such: rubbish must not make subjects."""
    _, _, kind, id_, type_, *_ = (*subject.split("."), "", "", "", "", "")
    try:
        kind, id_ = record_id(kind, id_).split("/", 1) if kind in KINDS else ("", "")
    except Malformed:
        kind = id_ = ""
    return kind or "unknown", id_ or "unknown", type_ if type_ in ACTS else "unknown"


def _without_words(answer: dict[str, Any]) -> dict[str, Any]:
    """The path of a field that does not exist is what somebody wrote."""
    if fields := answer.get("fields"):
        fit = [f if _PATH.fullmatch(f["path"]) else {**f, "path": "?"} for f in fields[:MOST_FAULTS]]
        return {**answer, "fields": fit}
    return answer
