"""A simulation told to the rules alone, without service, message server or key: what is refused, what is irregular."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime, time
from typing import TypeVar
from uuid import UUID, uuid4

from pydantic_core import to_json

from adapters.office import publications
from adapters.simulation.year import Simulation
from domain.agreement import Agreement
from domain.case import Case
from domain.entry import Entry
from domain.irregularities import irregularities
from domain.network import Network
from domain.organisation import Organisation
from domain.refusal import Refused
from domain.rulebook import Rulebook
from domain.rules import check
from domain.submission import submission
from services.batch import Told, decided, draft

OFFICE = "onetworkhouse"
P = TypeVar("P", bound="Played")
State = Case | Organisation | Rulebook | Agreement


@dataclass
class Played:
    """The network and the cases as they come out; `ids` are the organisations by their short names."""

    ids: dict[str, str] = field(default_factory=dict)
    network: Network = field(default_factory=Network)
    cases: dict[str, Case] = field(default_factory=dict)
    refused: Counter[str] = field(default_factory=Counter)
    irregular: Counter[str] = field(default_factory=Counter)
    position: int = 0

    def tell(self, by: str, body: bytes, at: datetime) -> None:
        told = Told(by, submission(body))
        state = self._state(told.submission.record)
        self.position += 1
        entry = draft(told, state.version + 1, at, self.network.position)
        try:
            entry = check(entry, state, self.network)
        except Refused as refused:
            self.refused[f"{entry.act.type}: {refused.code}"] += 1
            return
        if isinstance(state, Case | Agreement):
            self.irregular.update(each.rule for each in irregularities(entry, state, self.network))
        self._enter(told, state, entry)

    def _enter(self, told: Told, state: State, entry: Entry) -> None:
        decision, after = decided(entry, told, state, self.network)
        if isinstance(after, Case):
            self.cases[entry.originator_id] = after
        else:
            self.network = self.network.after(decision.entry)

    def _state(self, record: str) -> State:
        kind, id_ = record.split("/", 1)
        match kind:
            case "case":
                return self.cases.get(record) or Case(record)
            case "organisation":
                return self.network.organisation(id_)
            case "agreement":
                return self.network.agreement(id_)
            case _:
                return self.network.rulebook_of(record)


def played(simulation: Simulation) -> Played:
    return played_onto(Played(), simulation)


def played_onto(record: P, simulation: Simulation) -> P:
    """Founded with the shipped defaults on the first day, then told step by step, each at its moment."""
    first = simulation.steps[0].at.date()
    _founded(record, simulation, datetime.combine(first, time(7), UTC))
    for step in simulation.steps:
        record.tell(record.ids[step.organisation], to_json(step.addressed(record.ids)), step.at)
    return record


def _founded(record: Played, simulation: Simulation, at: datetime) -> None:
    envelope = {"occurred_at": at.date().isoformat(), "practitioner": str(uuid4())}
    rulebook = str(uuid4())
    office = {
        "type": "organisation-registered",
        "organisation": OFFICE,
        "name": "x",
        "organisation_kind": "network-office",
    }
    acts = [office, *({**publication, "rulebook": rulebook} for publication in publications())]
    for number, each in enumerate(simulation.network.organisations):
        record.ids[each.short] = id_ = "o" + f"{chr(97 + number // 26)}{chr(97 + number % 26)}" * 6
        registered = {"type": "organisation-registered", "organisation": id_, "name": each.name}
        through = {"reached_through": record.ids[each.reached_through]} if each.reached_through in record.ids else {}
        acts.append({**registered, "organisation_kind": each.kind, "connected": each.connected, **through})
    for number, act in enumerate(acts, 1):
        record.tell(OFFICE, to_json({**act, **envelope, "act_id": str(UUID(int=number, version=4))}), at)
