"""`raccordo case`: the file of one case and what was told in it, as one organisation may see it."""

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from adapters.cli.app import app
from adapters.cli.listing import Names, person, who
from adapters.cli.options import After, AsJson, Case, Creds, Data
from adapters.cli.screen import Column, out, table, write_json
from adapters.cli.standing import stands
from adapters.cli.talk import asked, asked_whole, named_organisations
from domain.characters import shown


@app.command()
def case(
    case: Case,
    creds: Creds = None,
    data: Data = Path("data"),
    after: After = None,
    as_json: AsJson = False,
) -> None:
    """Show the case file and the timeline as an organisation may see them.

    Example:
        raccordo case 018f0000-0000-7000-8000-000000000001 --creds coop.creds

    """
    file = asked("case", {"case": case, "after": after}, creds, data)
    line = asked_whole("timeline", "entries", {"case": case}, creds, data)
    if as_json:
        write_json({"file": file, "timeline": line}, indent=2)
        return
    named = named_organisations(creds, data)
    responsible = named.get(file["responsible"], "nobody" if file["orphan"] else "not seen")
    out.say((person(file), "bold"), f" · {file['status']} · responsible: {responsible}")
    if "sentence" in file:
        out.say(file["sentence"])
    rows = table("entry", "position", "when (local time)", "who", "what", Column("told", min_width=ID))
    attested = {e["act"]["entry"]: e["version"] for e in line["entries"] if e.get("confirms")}
    for entry in line["entries"]:
        number = str(entry["version"]), str(entry["position"])
        if entry.get("masked"):
            rows.add_row(*number, "", "", "(masked)", "")
            continue
        rows.add_row(*number, _when(entry), _who(entry, named), _what(entry, attested, named), _told(entry, named))
    out.show(rows)
    for referral in file["referrals"]:
        if said := _of_referral(referral):
            out.say(f"referral to {shown(named.get(referral['receiver'], referral['receiver']))}: {said}")
    out.say(f"as of position {line['position']}")


def _of_referral(each: dict[str, Any]) -> str:
    """How long it took to decline it, and how much was open meanwhile; or that one account has answered itself."""
    told = f"declined after {each['days']} days" if each["state"] == "declined" else stands(each)
    if "entries_open" in each:
        told += f", {each['entries_open']} entries were open to it"
    return told if "entries_open" in each or each["on_one_sides_word"] else ""


def _who(entry: dict[str, Any], named: Names) -> str:
    """Who told it; for whom, and how that one had said it, where it was told for another."""
    teller, told_for = who(named, [entry["organisation"]]), who(named, [entry["on_behalf_of"]])
    told = f"{teller} for {told_for}" if told_for else teller
    return ", ".join(filter(None, (told, _HOW.get(entry["evidence"]))))


_HOW: Final = {"phone": "by phone", "e-mail": "by e-mail", "paper": "on paper", "other-system": "from another system"}
"""Evidence of an act, other than the teller's own."""


def _what(entry: dict[str, Any], attested: Mapping[int, int], named: Names) -> str:
    """The act, whether it has effect, and who contests it: a claim waits for the word of the one it concerns."""
    said = [entry["type"]]
    if entry.get("claim"):
        by = attested.get(entry["version"])
        said.append(f"(attested by entry {by})" if by else "(claim)")
    elif entry.get("without_effect"):
        said.append("(no effect)")
    if contested := entry["marks"].get("contested"):
        said.append(f"(contested by {who(named, dict.fromkeys(each['organisation'] for each in contested))})")
    return " ".join(said)


def _when(entry: dict[str, Any]) -> str:
    """As precisely as it is known; a time of the day is local."""
    told = str(entry["occurred_at"])
    if length := {"year": 4, "month": 7, "day": 10}.get(entry["precision"]):
        return told[:length]
    return f"{datetime.fromisoformat(told).astimezone():%Y-%m-%d %H:%M}"


def _told(entry: dict[str, Any], named: Names) -> str:
    """What the act says: the skeleton without its ids, and what was opened."""
    fields = {k: v for k, v in entry.get("act", {}).items() if k not in ("type", "referral", "handover")}
    for part in entry.get("personal", ()):
        fields |= part.get("fields", {part["category"]: "erased"})
    return "; ".join(f"{k}: {_said(v, named)}" for k, v in fields.items() if v not in _NOTHING)


ID: Final = 37
"""Characters of an id with what stands behind it: whoever copies it finds it in one piece."""
_NOTHING: Final[tuple[Any, ...]] = (None, "", [], {})


def _said(value: Any, named: Names) -> str:
    match value:
        case {"names": names}:
            return " ".join(names)
        case {"value": text}:
            return str(text)
        case dict():
            return " ".join(f"{k} {_said(v, named)}" for k, v in value.items() if v not in _NOTHING)
        case list():
            return ", ".join(_said(each, named) for each in value)
        case bool():
            return "yes" if value else "no"
        case _:
            return named.get(str(value), str(value))
