"""Acts about other acts: confirming, contesting, putting right, taking back."""

from typing import Annotated, Any, Literal

from pydantic import SerializeAsAny, field_validator

from domain.entry import Act, Evidence, Personal, Text, Version

Ground = Literal["mistake", "unlawful", "wrong-person", "wrong-category"]


class AboutAct(Act):
    """`entry` is the version that the entry has on the same record."""

    entry: Version


class ActAttested(AboutAct):
    type: Literal["act-attested"] = "act-attested"
    on: Evidence = "own"


class ActContested(AboutAct):
    type: Literal["act-contested"] = "act-contested"
    ground: Literal["not-so", "not-ours", "incomplete"]
    text: Annotated[Text, Personal("social")] = ""


class ActCorrected(AboutAct):
    """Carries the whole act as it should have been told; each field keeps its mark."""

    type: Literal["act-corrected"] = "act-corrected"
    act: SerializeAsAny[Act]
    ground: Ground

    @field_validator("act", mode="wrap")
    @classmethod
    def _by_its_type(cls, value: Any, _: Any) -> Act:
        from domain.catalogue import read_act

        return value if isinstance(value, Act) else read_act(value, "case", leniently=cls is not ActCorrected)


class ActRetracted(AboutAct):
    type: Literal["act-retracted"] = "act-retracted"
    ground: Ground
