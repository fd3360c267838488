"""Answers of the desk as partners get them: plain JSON, with the sentence made at this edge."""

from typing import Any, Final

from adapters.sentences import sentence
from services.answers import Answer, KnownAlready, Recorded, Refusal, TryLater
from services.obligations import due_shown

MOST_DUE: Final = 200
"""What is due that one answer tells of; more would fit in no message."""


def told(answer: Answer, language: str = "en") -> dict[str, Any]:
    match answer:
        case Recorded(after_leaving=True):
            return {"outcome": "recorded", "position": answer.position, "told_after_leaving": True}
        case Recorded():
            return {
                "outcome": "recorded",
                "position": answer.position or None,
                "version": answer.version,
                "obligations": [due_shown(due) for due in answer.obligations[:MOST_DUE]],
                "irregularities": [{"rule": i.rule, "edition": i.edition} for i in answer.irregularities],
                **({"left_out": {"obligations": rest}} if (rest := len(answer.obligations) - MOST_DUE) > 0 else {}),
                **({"dry_run": True} if answer.dry_run else {}),
                **({"possible_duplicate": True} if answer.possible_duplicate else {}),
            }
        case KnownAlready():
            return {"outcome": "known already", "position": answer.position, "version": answer.version}
        case TryLater():
            return {"outcome": "try later", "after_s": answer.after_s}
        case Refusal(refused=refused):
            return {
                "outcome": "refused",
                "code": refused.code,
                "sentence": sentence(refused.code, refused.facts, language),
                "fields": [{"path": path, "code": code} for path, code in refused.fields],
            }
