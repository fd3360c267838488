"""Acts of authority at the door, and what else only who leads a case or is named may tell."""

import re
from typing import TYPE_CHECKING
from uuid import UUID

from domain.case.accounts import Accounts, holds, speaks_for, told_for_connected
from domain.case.authority import confirmed_from
from domain.case.closing import CaseResumed, CaseSuspended
from domain.case.leading import places_teller
from domain.case.meeting import (
    ObligationWaived,
    TaskDropped,
    TaskMoved,
)
from domain.case.referral import ReferralSent
from domain.case.team import (
    CaseAdopted,
    HandoverProposed,
    MemberLeft,
    PastConfirmed,
    TellerNamed,
)
from domain.entry import Entry
from domain.refusal import Malformed, Refused

if TYPE_CHECKING:
    from domain.case import Case
    from domain.case.path import Path

_IDS = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")


def check_authority(case: "Case", entry: Entry, accounts: Accounts) -> None:
    act, by = entry.act, entry.organisation
    match act:
        case CaseAdopted():
            _check_adopting(case, act, entry, accounts)
            return
        case PastConfirmed():
            _check_confirming(case, entry, accounts)
            return
        case TellerNamed(organisation=organisation) if places_teller(case.path.team, organisation, by):
            check_teller(act, accounts)
            if not case.path.team.belongs(act.teller):
                raise Refused("member.unknown", organisation=act.teller)
            return
        case MemberLeft(organisation=organisation) if speaks_for(case, by, organisation, accounts):
            return
        case _ if not holds(case, by, accounts):
            raise Refused("case.not-responsible")
        case _ if told_for_connected(entry, accounts):
            raise Refused("act.for-a-connected", organisation=entry.on_behalf_of)
        case ReferralSent(to=to) if to == by:
            raise Refused("referral.to-oneself")
        case _:
            pass
    if case.path.team.adopted and not isinstance(act, CaseSuspended | CaseResumed):
        raise Refused("case.past-not-confirmed")
    if isinstance(act, HandoverProposed):
        _check_receiving_teller(act, entry, accounts)
    if isinstance(act, TellerNamed):
        check_teller(act, accounts)


def _check_confirming(case: "Case", entry: Entry, accounts: Accounts) -> None:
    """By the office alone, once all members have known of the adoption for some days."""
    if entry.organisation != accounts.office:
        raise Refused("network.not-the-office")
    if case.path.team.adopted and entry.recorded_at.date() < (day := confirmed_from(case, accounts.calendars)):
        raise Refused("case.past-confirmed-too-early", day=day.isoformat())


def check_waiving(case: "Case", act: ObligationWaived, entry: Entry, accounts: Accounts) -> None:
    """What others owe one another is not for a third to waive."""
    if holds(case, entry.organisation, accounts):
        return
    for obligation in act.obligations:
        owing = [_who_owe(case.path, UUID(id_)) for id_ in _IDS.findall(obligation)]
        if not owing or not all(
            any(speaks_for(case, entry.organisation, each, accounts) for each in parties) for parties in owing
        ):
            raise Refused("obligation.not-yours", obligation=obligation)


def check_task(case: "Case", act: TaskMoved | TaskDropped, entry: Entry, accounts: Accounts) -> None:
    """It is the responsible's to move or drop, and that of who is to do it; nobody takes it from them."""
    task, by = case.path.meetings.tasks.get(act.task), entry.organisation
    if task and not holds(case, by, accounts) and not speaks_for(case, by, task.organisation, accounts):
        raise Refused("task.not-yours", task=act.task)


def _who_owe(path: "Path", id_: UUID) -> frozenset[str | None]:
    """Those between whom the placement or the referral is."""
    if placement := path.placements.by_id.get(id_):
        return frozenset({placement.promoter, placement.host})
    referral = path.referrals.by_id.get(id_)
    return frozenset({referral.sender, referral.receiver}) if referral else frozenset()


def _check_adopting(case: "Case", act: CaseAdopted, entry: Entry, accounts: Accounts) -> None:
    """By a member that is a public service, by the sender of an accepted referral, or told by the office for one."""
    team, organisation = case.path.team, act.organisation
    if team.responsible and not accounts.silenced(team.responsible):
        raise Refused("case.has-responsible")
    if entry.organisation == accounts.office:
        return
    if entry.organisation != organisation:
        raise Refused("case.not-responsible")
    if not team.belongs(organisation):
        raise Refused("member.unknown", organisation=organisation)
    hosts = case.path.placements.hosted(organisation)
    sent = organisation in case.path.referrals.accepted_senders() and not accounts.never_adopts(organisation)
    if hosts or not (sent or accounts.may_adopt(organisation)):
        raise Refused("case.not-yours-to-adopt")


def _check_receiving_teller(act: HandoverProposed, entry: Entry, accounts: Accounts) -> None:
    if accounts.connected(act.to):
        if act.teller is not None:
            raise Refused("teller.not-needed", organisation=act.to)
        return
    if act.teller is None:
        raise Malformed("form.unreadable", [("teller", "field.missing")])
    if act.teller in (entry.organisation, entry.actor):
        raise Refused("handover.teller-is-proposer")
    if not accounts.connected(act.teller):
        raise Refused("teller.not-connected", organisation=act.teller)


def check_teller(act: TellerNamed, accounts: Accounts) -> None:
    if not accounts.connected(act.teller) or accounts.silenced(act.teller):
        raise Refused("teller.not-connected", organisation=act.teller)
    if act.organisation and accounts.connected(act.organisation):
        raise Refused("teller.not-needed", organisation=act.organisation)
