"""How a case pauses, goes on, ends and is taken up again."""

from typing import Annotated, ClassVar, Literal

from domain.entry import Act, Effect, FromList, Special, Token
from domain.facts import dataclass, replace


class CaseSuspended(Act):
    """The reason's code may tell of health or justice, so it is sealed with the strictest; its class is neutral."""

    effect: ClassVar[Effect] = "authority"
    type: Literal["case-suspended"] = "case-suspended"
    reason_class: Annotated[Token, FromList("suspending", by_class=True)]
    reason_code: Annotated[Token | None, FromList("suspending"), Special("health")] = None


class CaseResumed(Act):
    effect: ClassVar[Effect] = "authority"
    type: Literal["case-resumed"] = "case-resumed"


class CaseClosed(Act):
    effect: ClassVar[Effect] = "authority"
    type: Literal["case-closed"] = "case-closed"
    reason_class: Annotated[Token, FromList("closing", by_class=True)]
    reason_code: Annotated[Token | None, FromList("closing"), Special("health")] = None
    work: bool | None = None
    income_support_left: bool | None = None
    training: bool | None = None
    citizenship: bool | None = None


class CaseReopened(Act):
    effect: ClassVar[Effect] = "authority"
    type: Literal["case-reopened"] = "case-reopened"
    reason_class: Annotated[Token, FromList("reopening", by_class=True)]


@dataclass(frozen=True, slots=True)
class Course:
    """Whether the case is open, suspended or closed, and whether it was taken on."""

    state: Literal["open", "suspended", "closed"] = "open"
    taken_on: bool | None = None

    def now(self, state: Literal["open", "suspended", "closed"]) -> "Course":
        return replace(self, state=state)

    def hinged(self, *, taken_on: bool) -> "Course":
        return replace(self, taken_on=taken_on)
