"""What is known of the person before and during a placement: sheets, visits, observations, the team's outcome."""

from typing import Annotated, ClassVar, Literal
from uuid import UUID

from immutables import Map
from pydantic import Field

from domain.entry import (
    Act,
    Effect,
    Entry,
    ForReferral,
    FromList,
    OrganisationId,
    Part,
    Personal,
    Special,
    Text,
    Token,
    Version,
)
from domain.facts import dataclass, replace
from domain.moment import Moment
from domain.refusal import Refused


class AssessmentAct(Act):
    """What is told about the person for or from a placement."""


class PresentationSheetFiled(AssessmentAct):
    """`sheet` is the id that a referral names; whoever is asked by that referral sees the sheet with it."""

    thread_kind: ClassVar[str] = "sheet"
    effect: ClassVar[Effect] = "statement"
    type: Literal["presentation-sheet-filed"] = "presentation-sheet-filed"
    sheet: UUID
    profile: Annotated[Text, Personal("work")] = ""
    wishes: Annotated[Text, Personal("work")] = ""
    limits: Annotated[Text, Special("health")] = ""

    @property
    def thread(self) -> UUID:
        return self.sheet


class VisitHeld(AssessmentAct, ForReferral):
    """The candidate sees the place. Only the sender or a health service tells of `suitability`."""

    effect: ClassVar[Effect] = "statement"
    may_be_narrowed: ClassVar[bool] = True
    type: Literal["visit-held"] = "visit-held"
    host: OrganisationId
    accompanied_by: Annotated[tuple[OrganisationId, ...], Field(max_length=20)] = ()
    person_present: bool = True
    outcome: Annotated[Token, FromList("visit-outcome")]
    sheet: UUID | None = None
    people_met: Annotated[Text, Personal("work")] = ""
    person_view: Annotated[Text, Personal("social")] = ""
    compatible: Annotated[Literal["yes", "with-adaptations", "no"] | None, Personal("work")] = None
    adaptations: Annotated[Text, Personal("work")] = ""
    suitability: Annotated[Text, Special("health")] = ""


class Score(Part):
    """One item of the sheet, on the item's scale."""

    item: Token
    score: Annotated[int, Field(ge=0, le=1000)]


Scores = Annotated[tuple[Score, ...], Field(max_length=500)]


class OfPlacement(AssessmentAct):
    """What is told about the person in a placement."""

    thread_kind: ClassVar[str] = "placement"
    placement: UUID | None = None

    @property
    def thread(self) -> UUID | None:
        return self.placement


class ObservationRecorded(OfPlacement):
    """On a published sheet, in the edition that was filled."""

    effect: ClassVar[Effect] = "statement"
    may_be_narrowed: ClassVar[bool] = True
    type: Literal["observation-recorded"] = "observation-recorded"
    sheet: Token
    edition: Version
    moment: Annotated[Token, FromList("observation-moment")]
    filled_by: Literal["tutor", "person", "both"]
    items_scored: Annotated[int, Field(ge=0, le=500)]
    items_asked: Annotated[int, Field(ge=1, le=500)]
    scores: Annotated[Scores, Personal("skills")] = ()
    health_scores: Annotated[Scores, Special("health")] = ()
    note: Annotated[Text, Personal("work")] = ""


class TeamOutcomeRecorded(OfPlacement):
    effect: ClassVar[Effect] = "statement"
    type: Literal["team-outcome-recorded"] = "team-outcome-recorded"
    outcome_class: Annotated[Token, FromList("team-outcome", by_class=True)]
    note: Annotated[Text, Personal("work")] = ""


@dataclass(frozen=True, slots=True)
class Assessments:
    """The sheets by id, with when each was filed; and how many observations and outcomes tell of no one placement."""

    sheets: Map[UUID, Moment] = Map()
    filed: Map[UUID, tuple[str, str, int]] = Map()
    """Sheet → whose it is, the account that filed it, and the version of that entry."""
    observations: int = 0
    team_outcomes: int = 0

    def check(self, act: AssessmentAct) -> None:
        match act:
            case PresentationSheetFiled() if act.sheet in self.sheets:
                raise Refused("sheet.exists", sheet=act.sheet)
            case VisitHeld(sheet=UUID() as sheet) if sheet not in self.sheets:
                raise Refused("sheet.unknown", sheet=sheet)
            case ObservationRecorded() if act.items_scored > act.items_asked:
                raise Refused("observation.more-scored-than-asked", asked=act.items_asked)
            case _:
                pass

    def after(self, act: AssessmentAct, entry: Entry) -> "Assessments":
        match act:
            case PresentationSheetFiled():
                whose = entry.actor, entry.organisation, entry.originator_version
                return replace(
                    self, sheets=self.sheets.set(act.sheet, entry.occurred), filed=self.filed.set(act.sheet, whose)
                )
            case ObservationRecorded(placement=None):
                return replace(self, observations=self.observations + 1)
            case TeamOutcomeRecorded(placement=None):
                return replace(self, team_outcomes=self.team_outcomes + 1)
            case _:
                return self

    def sheet_before(self, moment: Moment) -> bool:
        return any(filed.earliest <= moment.latest for filed in self.sheets.values())
