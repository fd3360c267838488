"""Acts about other acts: confirming, contesting, putting right, taking back."""

from collections.abc import Mapping
from typing import Annotated, Any, ClassVar, Literal

from pydantic import SerializeAsAny, field_validator

from domain.entry import Act, Effect, EntryVersion, Evidence, Personal, Text
from domain.refusal import Malformed

Ground = Literal["mistake", "unlawful", "wrong-person", "wrong-category", "wrong-organisation"]
"""`wrong-organisation`: it brought in another than it should have. That one's sight ends at once; its own acts stay."""


class AboutAct(Act):
    """`entry` is the version that the entry has on the same record."""

    entry: EntryVersion


class ActAttested(AboutAct):
    """`wording` is the version of the amendment that made the entry say what it says, where there is one."""

    effect: ClassVar[Effect] = "answer"
    type: Literal["act-attested"] = "act-attested"
    on: Evidence = "own"
    wording: EntryVersion | None = None


class ActContested(AboutAct):
    effect: ClassVar[Effect] = "answer"
    type: Literal["act-contested"] = "act-contested"
    ground: Literal["not-so", "not-ours", "incomplete"]
    text: Annotated[Text, Personal("social")] = ""


class ActCorrected(AboutAct):
    """Carries the whole act as it should have been told; each field keeps its mark."""

    effect: ClassVar[Effect] = "answer"
    type: Literal["act-corrected"] = "act-corrected"
    act: SerializeAsAny[Act]
    ground: Ground

    @field_validator("act", mode="wrap")
    @classmethod
    def _by_its_type(cls, value: Any, _: Any) -> Act:
        from domain.catalogue import ACTS, read_act

        if isinstance(value, Act):
            return value
        strictly = cls is ActCorrected
        told = ACTS.get(type_) if isinstance(value, Mapping) and isinstance(type_ := value.get("type"), str) else None
        if strictly and told and issubclass(told, AboutAct):
            raise Malformed("form.unreadable", [("act.type", "correction.about-an-act")])
        try:
            return read_act(value, "case", leniently=not strictly)
        except Malformed as malformed:
            inside = [("act" if path == "act" else f"act.{path}", code) for path, code in malformed.fields]
            raise Malformed(malformed.code, inside, more=malformed.more, **malformed.facts) from None


class ActRetracted(AboutAct):
    effect: ClassVar[Effect] = "answer"
    type: Literal["act-retracted"] = "act-retracted"
    ground: Ground
