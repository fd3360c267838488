"""Answers of the desk as partners get them: plain JSON, with the sentence made at this edge."""

from typing import Any, Final

from adapters.sentences import field_sentence, notice, sentence
from domain.refusal import Malformed, Refused
from services.answers import Answer, KnownAlready, LookUp, Recorded, Refusal, TryLater
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
                **_of_a_claim(answer, language),
                **_of_the_person(answer.person, language),
            }
        case KnownAlready():
            return {"outcome": "known already", "position": answer.position, "version": answer.version}
        case TryLater():
            return {"outcome": "try later", "after_s": answer.after_s, **_reason(answer.reason, language)}
        case Refusal(refused=refused):
            return {
                "outcome": "refused",
                "code": refused.code,
                "sentence": sentence(refused.code, refused.facts, language),
                "fields": [
                    {"path": path, "code": code, "sentence": field_sentence(code, language)}
                    for path, code in refused.fields
                ],
                **({"more": refused.more} if isinstance(refused, Malformed) and refused.more else {}),
            }


def _of_a_claim(answer: Recorded, language: str) -> dict[str, Any]:
    """That it has no effect yet, and whose word gives it one."""
    if not answer.claim:
        return {}
    whose = {"waits_for": answer.waits_for} if answer.waits_for else {}
    return {"claim": True, **whose, "sentence": notice("claim.waits", language)}


def _of_the_person(person: LookUp, language: str) -> dict[str, Any]:
    """The sentence is the same for both organisations, and names neither."""
    match person:
        case "known":
            return {"possible_duplicate": True, "sentence": notice("person.may-be-known", language)}
        case "over-budget":
            return {"not_looked_up": True, "sentence": notice("person.not-looked-up", language)}
        case _:
            return {}


def found_told(found: dict[str, Any], language: str = "en") -> dict[str, Any]:
    """The answer to a query, with the sentence beside each case whose person another organisation may know."""
    for line in (found, *found.get("cases", ())):
        if line.get("possible_duplicate"):
            line["sentence"] = notice("person.may-be-known", language)
    return found


def _reason(reason: Refused | None, language: str) -> dict[str, Any]:
    return {"code": reason.code, "sentence": sentence(reason.code, reason.facts, language)} if reason else {}
