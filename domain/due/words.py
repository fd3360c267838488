"""On whose word it stands that something was done which needs two: one account may have told both sides of it."""

from collections.abc import Iterable, Iterator, Mapping, Sequence

from domain.case.sides import seconded
from domain.due.told import Told, day_of
from domain.entry import Entry


def on_one_side(told: Told, sides: Mapping[str, frozenset[str]], tellings: Sequence[Entry]) -> bool:
    """Whether there are not as many accounts as sides: an organisation that cannot speak, or is spoken for, has none.

    `sides` are the organisations of each role that took part; a role that nobody has needs nobody's word.
    """
    roles = [who for who in sides.values() if who]
    both = frozenset().union(*roles)
    told_for = {e.on_behalf_of for e in tellings if e.on_behalf_of != e.organisation}
    speaking = {o for o in both if o not in told_for and could_speak(told, o, tellings)}
    if any(o not in speaking for o in both):
        own = (e for e in tellings if e.actor in both)
        speaking.update(e.organisation for e in (*own, *attestations(told, tellings, both)))
    return len(speaking) < len(roles)


def could_speak(told: Told, organisation: str, tellings: Iterable[Entry]) -> bool:
    """Whether it had a system when any of it was told: what was told before keeps the effect that it had."""
    known = told.network.organisation(organisation)
    return any(known.could_speak(each.recorded_at) for each in tellings)


def attestations(told: Told, tellings: Sequence[Entry], sides: frozenset[str]) -> Iterator[Entry]:
    """Up to the day: those that count, by another account than each attests."""
    for telling in tellings:
        for each in seconded(told.case, telling.originator_version, sides):
            if day_of(each) <= told.as_of and each.organisation != telling.organisation:
                yield each


def who_attests(told: Told, organisation: str, heard: frozenset[str]) -> str:
    """Whose word is still wanted: the one that has a system; for another its teller, else the responsible.

    `heard` are those of whom it is known already what they say: who told it, and the other side.
    """
    team = told.case.path.team
    others = (team.teller_of(organisation), team.responsible, team.teller_of(team.responsible))
    if told.network.connected(organisation):
        return organisation
    return next((o for o in others if o and o not in heard and told.network.connected(o)), organisation)
