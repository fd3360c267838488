"""Answers of the desk as partners get them: plain JSON, with the sentence made at this edge."""

from typing import Any

from adapters.sentences import sentence
from domain.refusal import Malformed, Refused
from services.answers import Answer, KnownAlready, Recorded, Refusal, TryLater
from services.obligations import due_shown


def told(answer: Answer, language: str = "en") -> dict[str, Any]:
    match answer:
        case Recorded(after_leaving=True):
            return {"outcome": "recorded", "position": answer.position, "told_after_leaving": True}
        case Recorded():
            return {
                "outcome": "recorded",
                "position": answer.position or None,
                "version": answer.version,
                "obligations": [due_shown(due) for due in answer.obligations],
                "irregularities": [{"rule": i.rule, "edition": i.edition} for i in answer.irregularities],
                **({"dry_run": True} if answer.dry_run else {}),
                **({"possible_duplicate": True} if answer.possible_duplicate else {}),
            }
        case KnownAlready():
            return {"outcome": "known already", "position": answer.position, "version": answer.version}
        case TryLater():
            return {"outcome": "try later", "after_s": answer.after_s, **_reason(answer.reason, language)}
        case Refusal(refused=refused):
            fields = refused.fields if isinstance(refused, Malformed) else ()
            return {
                "outcome": "refused",
                "code": refused.code,
                "sentence": sentence(refused.code, refused.facts, language),
                "fields": [{"path": path, "code": code} for path, code in fields],
            }


def _reason(reason: Refused | None, language: str) -> dict[str, Any]:
    return {"code": reason.code, "sentence": sentence(reason.code, reason.facts, language)} if reason else {}
