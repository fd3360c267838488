"""One entry of a replay as text: a line of JSON, or a row for people."""

from typing import Any

from pydantic_core import to_json

from domain.characters import escaped, shown


def json_line(line: dict[str, Any]) -> str:
    return escaped(to_json(line).decode()) + "\n"


def row(line: dict[str, Any]) -> str:
    if line.get("masked"):
        return f"{line['position']:>8}  (masked)  {_short(line['record'])}\n"
    fields = " ".join(f"{name}={_brief(value)}" for name, value in line.get("act", {}).items() if _says(value))
    occurred, what = f"{line['occurred_at'][:16]} ({line['precision']})", line["type"]
    told = (
        f"{line['position']:>8}  {line['recorded_at'][:19]}Z  {occurred:<26}  {line['organisation']:<13}  {what:<25}  "
        f"{_short(line['record']):<14}  {fields}"
    )
    return shown(told.rstrip()) + "\n"


def _short(record: str) -> str:
    """A case by its end: the beginning of a UUIDv7 is the time, alike in all of one day."""
    kind, _, id_ = record.partition("/")
    return f"…{id_[-12:]}" if kind == "case" else id_[:13] if kind == "organisation" else kind


def _says(value: object) -> bool:
    return isinstance(value, str | int) and value != ""


def _brief(value: object) -> str:
    text = " ".join(str(value).split())
    return text if len(text) <= 40 else f"{text[:39]}…"
