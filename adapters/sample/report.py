"""What was answered to the acts that were played."""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from adapters.simulation.step import Step

RECORDED = ("recorded", "known already")


@dataclass
class Report:
    """`refused` by type and code; an example of each, since a refused act is a fault of the simulation or of us."""

    outcomes: Counter[str] = field(default_factory=Counter)
    irregular: Counter[str] = field(default_factory=Counter)
    refused: Counter[str] = field(default_factory=Counter)
    examples: dict[str, Step] = field(default_factory=dict)
    duplicates: int = 0
    position: int = 0
    seconds: float = 0

    def note(self, step: Step, answer: Mapping[str, Any]) -> None:
        self.outcomes[answer["outcome"]] += 1
        self.irregular.update(each["rule"] for each in answer.get("irregularities", ()))
        self.duplicates += bool(answer.get("possible_duplicate"))
        self.position = max(self.position, answer.get("position", 0))
        if answer["outcome"] not in RECORDED:
            code = f"{step.type}: {answer.get('code', answer['outcome'])}"
            self.refused[code] += 1
            self.examples.setdefault(code, step)

    @property
    def told(self) -> int:
        return sum(self.outcomes.values())

    def lines(self) -> Iterator[str]:
        outcomes = ", ".join(f"{count} {outcome}" for outcome, count in sorted(self.outcomes.items()))
        yield f"{outcomes} in {self.seconds:.0f} s; {sum(self.refused.values())} refused"
        for code, count in sorted(self.refused.items()):
            yield f"  refused {count} x {code}, first: {self.examples[code].line}"
        if self.irregular:
            rules = ", ".join(f"{rule} {count}" for rule, count in self.irregular.most_common())
            yield f"recorded and marked irregular: {rules}"
        yield f"{self.duplicates} possible duplicate(s) were answered"
