"""What the service counts, for Prometheus: a few series of its own, none of which grows with organisations or acts."""

from collections.abc import Awaitable, Callable, Sequence
from typing import Any

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest

from services.answers import Answer, KnownAlready, Recorded, Refusal, TryLater

SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30)
SIZES = (1, 2, 5, 10, 20, 50, 100, 200)


class Metrics:
    """Of one process: where the desk runs in several, each tells its own."""

    def __init__(self) -> None:
        self.registry = own = CollectorRegistry()
        part = ["of"]
        self._answers = Counter("raccordo_answers", "Acts answered, by outcome.", ["outcome"], registry=own)
        self._persons = Counter(
            "raccordo_persons_looked_up", "Persons told, by what was found.", ["outcome"], registry=own
        )
        self._seconds = Histogram(
            "raccordo_answer_seconds", "From an act's arrival to its answer.", buckets=SECONDS, registry=own
        )
        self._batch = Histogram("raccordo_batch_acts", "Acts decided together.", buckets=SIZES, registry=own)
        self._waiting = Gauge("raccordo_waiting_acts", "Acts that wait for the desk.", registry=own)
        self._position = Gauge("raccordo_position", "Last position, also of each projection.", part, registry=own)
        self._lag = Gauge("raccordo_lag", "Entries that a projection is behind the record.", part, registry=own)
        self._stopped = Gauge("raccordo_stopped", "1 where a part does not work.", part, registry=own)
        self._free = Gauge("raccordo_free_bytes", "Free on the disk of the data folder.", registry=own)
        self._over = Gauge("raccordo_over_budget", "Organisations that have used up a budget.", part, registry=own)
        self._put_off = Gauge(
            "raccordo_put_off_acts", "Acts put off, over a budget, since the start.", part, registry=own
        )
        self._not_kept = Gauge(
            "raccordo_not_kept", "Unread and not kept aside either, since the start.", part, registry=own
        )
        self._held = Gauge(
            "raccordo_held_bytes", "Of what waits at the drop doors and is kept aside.", part, registry=own
        )
        self._apart = Gauge("raccordo_clock_apart_seconds", "By which a desk's clock differs too much.", registry=own)
        self._questions = Gauge("raccordo_questions", "Questions kept: waiting or worked on.", registry=own)
        self._refused = Gauge("raccordo_questions_put_off", "Questions put off since the start.", registry=own)
        self._cpu = Gauge("raccordo_questions_cpu_seconds", "CPU that questions used since the start.", registry=own)
        self._well = Gauge("raccordo_well", "1 when all of it works, as /health says.", registry=own)

    def answered(self, answers: Sequence[Answer]) -> None:
        """Those of one batch."""
        self._batch.observe(len(answers))
        for answer in answers:
            self._answers.labels(outcome_of(answer)).inc()
            if isinstance(answer, Recorded) and answer.person != "not-asked":
                self._persons.labels(answer.person).inc()

    def took(self, seconds: float) -> None:
        self._seconds.observe(seconds)

    def put_off(self, acts: int = 1) -> None:
        """Before they came to the desk."""
        self._answers.labels("try later").inc(acts)

    async def told(self, health: Callable[[], Awaitable[dict[str, Any]]], waiting: int, free: int) -> bytes:
        """In the text format of Prometheus."""
        found = await health()
        self._well.set(found["status"] == "ok")
        self._waiting.set(waiting)
        self._free.set(free)
        self._asked(found["questions"])
        for part, stands in found.items():
            if isinstance(stands, dict):
                self._shown(part, stands)
        self._budgets_shown(found.get("budgets", {}))
        return generate_latest(self.registry)

    def _budgets_shown(self, budgets: dict[str, Any]) -> None:
        """Totals: no organisation is named."""
        shown = (("over", self._over), ("put_off", self._put_off), ("not_kept", self._not_kept), ("bytes", self._held))
        for name, gauge in shown:
            for of, number in budgets.get(name, {}).items():
                gauge.labels(of).set(number)

    def _asked(self, questions: dict[str, Any]) -> None:
        self._questions.set(questions["kept"])
        self._refused.set(questions["put_off"])
        self._cpu.set(questions["cpu_s"])

    def _shown(self, part: str, stands: dict[str, Any]) -> None:
        self._stopped.labels(part).set("stopped" in stands)
        if stands.get("position") is not None:
            self._position.labels(part).set(stands["position"])
        if "apart_s" in stands:
            self._apart.set(stands["apart_s"])
        if stands.get("lag") is not None:
            self._lag.labels(part).set(stands["lag"])


def outcome_of(answer: Answer) -> str:
    match answer:
        case Recorded(dry_run=True):
            return "dry run"
        case Recorded():
            return "recorded"
        case KnownAlready():
            return "known already"
        case TryLater():
            return "try later"
        case Refusal():
            return "refused"
