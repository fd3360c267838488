"""What falls due on the referrals of a case: an answer."""

from collections.abc import Iterable, Iterator
from datetime import date
from uuid import UUID

from domain.cadence import Chain
from domain.case.referral import (
    ReferralAccepted,
    ReferralAct,
    ReferralDeclined,
    ReferralSent,
    ReferralWaitlisted,
    ReferralWithdrawn,
)
from domain.due.told import Told, day_of
from domain.due.words import attestations
from domain.entry import Entry
from domain.facts import replace
from domain.matter import Ended, Fact, Held, Matter
from domain.obligation import Obligation
from domain.rulebook import Ruled

ANSWERS = (ReferralAccepted, ReferralDeclined, ReferralWaitlisted)


def answers_due(told: Told) -> Iterator[tuple[Obligation, str]]:
    """Each with the organisation that has to answer."""
    sent = {act.referral: (act, entry) for act, entry in told.of(ReferralSent)}
    answers: dict[UUID, list[tuple[ReferralAct, Entry]]] = {}
    for answer, by in told.of(ReferralAct):
        answers.setdefault(answer.referral, []).append((answer, by))
    for id_, (act, entry) in sent.items():
        on = day_of(entry)
        facts = (*told.course, *_of(told, answers[id_], act.to, entry))
        matter = Matter(start=on, entry=entry.originator_version, subject=str(id_), facts=facts)
        for rule in told.rulebook.rules("referral-sent", "referral-accepted"):
            chain = told.rulebook.chain_of(rule)
            for each in told.asked(_by(chain, on, act.answer_by) if act.answer_by else chain, matter, act.to):
                yield each, act.to


def _of(told: Told, answers: Iterable[tuple[ReferralAct, Entry]], receiver: str, sent: Entry) -> Iterator[Fact]:
    for act, entry in answers:
        on, version = max(day_of(entry), day_of(sent)), entry.originator_version
        if isinstance(act, ANSWERS) and entry.actor == receiver:
            yield _answered(told, sent, entry, on)
        elif isinstance(act, ReferralWithdrawn):
            yield Ended(on=on, entry=version, by="referral-withdrawn")


def _answered(told: Told, sent: Entry, answer: Entry, on: date) -> Held:
    """One account that told both the referral and its answer has answered itself: somebody else has to attest it."""
    version, sides = answer.originator_version, frozenset({sent.actor, answer.actor})
    others = sides - {answer.organisation}
    if sent.organisation != answer.organisation or not others:
        return Held(on=on, entry=version)
    words = list(attestations(told, (sent, answer), sides))
    if any(each.organisation in others for each in words):
        return Held(on=on, entry=version)
    return Held(
        on=on,
        entry=version,
        awaits=others,
        on_evidence=others if words else frozenset(),
        one_sided=not words,
    )


def _by(chain: Chain, sent: date, day: date) -> Chain:
    """The same rules, with the day that the referral itself names."""
    return [tuple(_until(ruled, max(0, (day - sent).days)) for ruled in editions) for editions in chain]


def _until(ruled: Ruled, days: int) -> Ruled:
    if ruled.rule is None or ruled.rule.timer is None:
        return ruled
    timer = ruled.rule.timer.model_copy(update={"counts": "calendar-days", "rolls": "none"})
    return replace(ruled, rule=ruled.rule.model_copy(update={"number": days, "timer": timer}))
