"""What is told about other entries at the door: who attests, corrects and takes back what."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from domain.case.about import AboutAct, ActAttested, ActContested, ActCorrected, ActRetracted
from domain.case.accounts import Accounts, holds, speaks_for, told_for_connected
from domain.case.amendable import effect_of, effects_of, moves_belonging, of_another_type, revives
from domain.case.authority import may_confirm
from domain.case.meeting import MeetingHeld
from domain.case.owners import is_of
from domain.entry import Entry
from domain.facts import replace
from domain.naming import organisations_named
from domain.refusal import Hidden, Refused

if TYPE_CHECKING:
    from domain.case import Case

Gives = Callable[[Entry], bool]
"""Whether its teller may give the answer, as it would stand with effect."""


def about(case: "Case", act: AboutAct, entry: Entry, accounts: Accounts, gives: Gives) -> Entry:
    target = case.history.entries.get(act.entry)
    if target is None:
        raise Hidden("entry.unknown", entry=act.entry)
    match act:
        case ActAttested():
            return _attesting(case, act, target, entry, accounts, gives)
        case ActContested():
            return entry
        case ActCorrected() if of_another_type(act, target):
            raise Refused("correction.of-another-type", entry=act.entry, type=target.act.type)
        case ActCorrected() | ActRetracted():
            _check_amending(case, act, target, entry, accounts)
            return entry
        case _:
            return entry


def _attesting(case: "Case", act: ActAttested, target: Entry, entry: Entry, accounts: Accounts, gives: Gives) -> Entry:
    by = entry.organisation
    if told_for_connected(entry, accounts):
        raise Refused("act.for-a-connected", organisation=entry.on_behalf_of)
    leads, named = holds(case, by, accounts), organisations_named(target)
    held = leads and may_confirm(case, target)
    needs_two = target.act.effect != "statement" or isinstance(target.act, MeetingHeld)
    as_responsible = held and target.organisation != by and needs_two
    speaks = as_responsible or any(speaks_for(case, by, each, accounts) for each in named)
    if leads and not held and not speaks:
        raise Refused("case.past-not-confirmed")
    if not speaks or not (held or speaks_for(case, by, entry.actor, accounts)):
        raise Refused("entry.does-not-name-you", entry=act.entry)
    _check_wording(case, act, target, entry)
    if not target.claim or case.confirmed(target) or by == target.organisation:
        return entry
    told = case.held(target)
    answer = replace(target, act=told or target.act, claim=False)
    whose = target.on_behalf_of if told_for_connected(target, accounts) else None
    if whose and is_of(case, whose, answer) and gives(replace(answer, organisation=whose, on_behalf_of=None)):
        confirms = by == whose
    else:
        confirms = held  # also where it was told for one that has left since
    if not confirms:
        return entry
    if told is None:
        raise Refused("entry.retracted", entry=act.entry)
    case.check_possible(replace(target, act=told, claim=False, originator_version=case.version + 1))
    return replace(entry, confirms=True)


def _check_wording(case: "Case", act: ActAttested, target: Entry, entry: Entry) -> None:
    """An answer is attested as it is worded: whoever attests it may not have seen the correction that came last."""
    if target.act.effect == "statement" or target.organisation == entry.organisation or case.held(target) is None:
        return
    worded = case.about.reworded.get(act.entry, act.entry)
    if (act.wording or act.entry) != worded:
        raise Refused("attestation.of-another-wording", entry=act.entry, wording=worded)


def _check_amending(
    case: "Case", act: ActCorrected | ActRetracted, target: Entry, entry: Entry, accounts: Accounts
) -> None:
    author, holder = target.organisation == entry.organisation, holds(case, entry.organisation, accounts)
    effects = effects_of(case, act, target)
    if effects == {"statement"}:
        if not author:
            raise Refused("entry.not-yours", entry=act.entry)
        return
    if "authority" in effects and case.path.team.adopted and holder:
        raise Refused("case.past-not-confirmed")
    if not author and not holder:
        raise Refused("entry.not-yours", entry=act.entry)
    if revives(act, target):
        raise Refused("referral.not-revived")
    if holder:
        if not author and isinstance(act, ActCorrected) and effect_of(target.act) != "authority":
            raise Refused("entry.not-yours", entry=act.entry)
        return
    if "authority" in effects:
        raise Refused("case.not-responsible")
    if moves_belonging(case, entry):
        raise Refused("correction.moves-belonging", entry=act.entry)
