"""The meetings about one placement, as facts for the engine: held, missed, not needed, confirmed, contested."""

from collections.abc import Iterator
from datetime import date
from uuid import UUID

from domain.case.about import ActAttested, ActContested
from domain.case.meeting import JOINT, MeetingHeld, MeetingMissed, ObligationWaived
from domain.case.placements import Placement
from domain.due.named import keys
from domain.due.parties import parties
from domain.due.told import Told, day_of
from domain.due.words import could_speak, on_one_side
from domain.entry import Entry
from domain.matter import Attested, Contested, Fact, Held, Missed, Waived


def met(told: Told, id_: UUID, placement: Placement) -> Iterator[Fact]:
    """A meeting that names no placement is about all of them."""
    yield from _held(told, id_, placement)
    for missed, entry in told.of(MeetingMissed):
        on, version = day_of(entry), entry.originator_version
        names = tuple(keys(missed.misses, str(id_)))
        yield from (Missed(on=on, entry=version, names=name) for name in names)
        if not missed.misses and _about(missed, id_):
            yield Missed(on=on, entry=version)
    yield from _words(told)


def waived(told: Told, id_: UUID) -> Iterator[Fact]:
    for act, entry in told.of(ObligationWaived):
        for name in keys(act.obligations, str(id_)):
            yield Waived(on=day_of(entry), entry=entry.originator_version, names=name)


def _held(told: Told, id_: UUID, placement: Placement) -> Iterator[Held]:
    """Told by several it stays one meeting, on the day that was told first, with all who were named."""
    for tellings in told.meetings:
        names = frozenset(keys((k for act, _ in tellings for k in act.fulfils), str(id_)))
        if not names and not any(_about(act, id_) for act, _ in tellings):
            continue
        first = tellings[0][1]
        came = {o for act, entry in tellings for o in (*act.organisations, entry.actor)}
        roles = parties(told, placement, first.occurred)
        # Where nobody has a role, such as the host of one's own business, nobody is lacking.
        present = frozenset(role for role, who in roles.items() if not who or who & came)
        entries = [e for _, e in tellings]
        awaits = frozenset(o for who in roles.values() for o in who & came) - {e.organisation for e in entries}
        alone = on_one_side(told, {role: who & came for role, who in roles.items()}, entries)
        evidence = frozenset(o for o in awaits if not alone and _on_evidence(told, o, entries))
        for _, entry in tellings:
            yield Held(
                on=day_of(first),
                entry=entry.originator_version,
                present=present,
                awaits=awaits,
                on_evidence=evidence,
                names=names,
                one_sided=alone,
            )


def _on_evidence(told: Told, organisation: str, tellings: list[Entry]) -> bool:
    """Who was not connected could not attest; for the others others may have attested on evidence, not told."""
    if not could_speak(told, organisation, tellings):
        return True
    versions, tellers = {e.originator_version for e in tellings}, {e.organisation for e in tellings}
    return any(
        act.entry in versions
        and entry.actor == organisation
        and entry.organisation not in tellers
        and not _own(act, entry)
        and _as_worded(told, act, entry)
        for act, entry in told.of(ActAttested)
    )


def _words(told: Told) -> Iterator[Fact]:
    days: dict[int, date] = {entry.originator_version: day_of(entry) for _, entry in told.of(MeetingHeld)}
    for act, entry in told.acts:
        if not isinstance(act, ActAttested | ActContested) or act.entry not in days:
            continue
        on, version = max(day_of(entry), days[act.entry]), entry.originator_version
        if isinstance(act, ActContested):
            yield Contested(on=on, entry=version, of=act.entry, by=entry.actor)
        elif _own(act, entry) and _as_worded(told, act, entry):
            yield Attested(on=on, entry=version, of=act.entry, by=entry.actor)


def _as_worded(told: Told, act: ActAttested, entry: Entry) -> bool:
    """An attestation is of the wording that it was told about: a later correction asks anew."""
    amendment = told.case.amendment(act.entry)
    return amendment is None or amendment.originator_version < entry.originator_version


def _own(act: ActAttested, entry: Entry) -> bool:
    return act.on == "own" and entry.on_behalf_of is None


def _about(act: MeetingHeld | MeetingMissed, id_: UUID) -> bool:
    return act.meeting_kind in JOINT and (not act.placements or id_ in act.placements)
