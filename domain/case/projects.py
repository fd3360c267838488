"""The projects of a case and the changes proposed to them, as the acts have made them."""

from typing import Literal
from uuid import UUID

from immutables import Map

from domain.case.project import (
    ChangeProposed,
    Plan,
    ProjectAct,
    ProjectDrafted,
    ProjectRevised,
    ProjectSigned,
    ProposalAct,
    ProposalWithdrawn,
    StepAct,
)
from domain.entry import Entry
from domain.facts import dataclass, replace
from domain.refusal import Hidden, Refused

StepState = Literal["planned", "started", "completed", "dropped"]
ProposalState = Literal["proposed", "approved", "declined", "withdrawn"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Project:
    drafted: int
    revisions: int = 0
    goals: frozenset[UUID] = frozenset()
    steps: Map[UUID, StepState] = Map()
    signed: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Proposal:
    proposer: str
    state: ProposalState = "proposed"


_STEPS: dict[str, StepState] = {
    "step-started": "started",
    "step-completed": "completed",
    "step-dropped": "dropped",
}
_DECISIONS: dict[str, ProposalState] = {
    "proposal-approved": "approved",
    "proposal-declined": "declined",
    "proposal-withdrawn": "withdrawn",
}


@dataclass(frozen=True, slots=True)
class Projects:
    """The projects and proposals of a case, each by its id."""

    by_id: Map[UUID, Project] = Map()
    proposals: Map[UUID, Proposal] = Map()

    def check(self, act: ProjectAct, version: int) -> None:
        """`version` is that of the entry: a project builds on what was there before."""
        project = self.by_id.get(act.project)
        match act:
            case ProjectDrafted() if project:
                raise Refused("project.exists", project=act.project)
            case ProjectDrafted():
                pass
            case _ if project is None:
                raise Refused("project.unknown", project=act.project)
            case StepAct() if act.step not in project.steps:
                raise Refused("step.unknown", step=act.step)
            case _:
                pass
        if isinstance(act, ProjectDrafted | ProjectRevised):
            _check_plan(act, version)

    def proposal(self, id_: UUID) -> Proposal:
        if (proposal := self.proposals.get(id_)) is None:
            raise Refused("proposal.unknown", proposal=id_)
        return proposal

    def check_proposal(self, act: ProposalAct, by: str) -> None:
        if isinstance(act, ChangeProposed):
            if act.proposal in self.proposals:
                raise Refused("proposal.exists", proposal=act.proposal)
            if act.project and act.project not in self.by_id:
                raise Refused("project.unknown", project=act.project)
            return
        proposal = self.proposal(act.proposal)
        if isinstance(act, ProposalWithdrawn) and by != proposal.proposer:
            raise Refused("proposal.not-yours", proposal=act.proposal)
        if proposal.state != "proposed":
            raise Refused("proposal.answered", state=proposal.state)

    def after(self, act: ProjectAct, entry: Entry) -> "Projects":
        project = self.by_id.get(act.project)
        match act:
            case ProjectDrafted():
                return self._with(act.project, _planned(Project(drafted=entry.originator_version), act))
            case _ if project is None:
                return self
            case ProjectRevised():
                revised = replace(project, revisions=project.revisions + 1, signed=frozenset())
                return self._with(act.project, _planned(revised, act))
            case ProjectSigned():
                return self._with(act.project, replace(project, signed=project.signed | {act.party}))
            case StepAct():
                steps = project.steps.set(act.step, _STEPS[act.type])
                return self._with(act.project, replace(project, steps=steps))
            case _:
                return self

    def after_proposal(self, act: ProposalAct, entry: Entry) -> "Projects":
        if isinstance(act, ChangeProposed):
            return replace(self, proposals=self.proposals.set(act.proposal, Proposal(entry.actor)))
        if (proposal := self.proposals.get(act.proposal)) is None:
            return self
        decided = replace(proposal, state=_DECISIONS[act.type])
        return replace(self, proposals=self.proposals.set(act.proposal, decided))

    def _with(self, id_: UUID, project: Project) -> "Projects":
        return replace(self, by_id=self.by_id.set(id_, project))


def _check_plan(act: Plan, version: int) -> None:
    for step in act.steps:
        if step.starts and step.ends and step.ends < step.starts:
            raise Refused("step.ends-before-starts", step=step.step)
    if later := [n for n in act.founded_on if n >= version]:
        raise Hidden("entry.unknown", entry=later[0])


def _planned(project: Project, act: Plan) -> Project:
    new: dict[UUID, StepState] = {s.step: "planned" for s in act.steps if s.step not in project.steps}
    return replace(
        project,
        goals=frozenset(g.goal for g in act.goals),
        steps=project.steps.update(new),
        signed=project.signed | {s.party for s in act.signed_by},
    )
