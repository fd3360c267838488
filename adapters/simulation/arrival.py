"""How a person comes to the network: by a referral, or by itself at a desk that may send it on, or not take it on."""

from datetime import date

from adapters.simulation import texts
from adapters.simulation.path import Path
from adapters.simulation.telling import EntryOf

SERVICES = ("internship", "work-in-cooperative", "job-accompaniment", "inclusion-internship")


def opens(path: Path, on: date) -> None:
    """At the desk, without a referral."""
    access = path.pick(("self", "self", "service", "family"))
    path.tell(
        path.sender,
        "case-opened",
        on,
        person=path.person.told(),
        contacts=path.person.contacts(),
        access_class=access,
    )


def turned_away(path: Path) -> None:
    opens(path, path.begins)
    reason = {"reason_class": "elsewhere", "reason": "Risiede in un altro territorio."}
    path.tell(path.sender, "case-not-taken-on", path.later(path.begins, 1, 9), **reason)


def withdrawn(path: Path) -> None:
    """The person finds work while the answer is out."""
    sent(path, path.begins, path.host)
    on = path.later(path.begins, 2, 8)
    path.tell(path.sender, "referral-withdrawn", on, referral=path.referral, reason_class="other-solution")
    closing = {"reason_class": "reached", "reason_code": "employed", "work": True}
    closed = path.later(on, 1, 4)
    path.tell(path.sender, "case-closed", closed, **closing)
    if path.happens(60):
        path.tell(path.sender, "case-reopened", path.later(closed, 40, 70), reason_class="job-lost")


def taken_on(path: Path) -> date:
    """The day from which the case is followed; half of them come with the referral itself."""
    if path.trouble == "tour" or path.happens(50):
        return path.begins
    opens(path, path.begins)
    on = path.later(path.begins, 1, 6)
    path.tell(path.sender, "case-taken-on", on)
    path.tell(
        path.sender,
        "contact-made",
        path.later(on, 2, 9),
        channel="in-person",
        with_whom="person",
        note=path.pick(texts.CONTACTS),
    )
    return path.later(on, 10, 20)


def sent(path: Path, on: date, to: str, **more: object) -> EntryOf:
    path.referral = path.new_id()
    if not path.sheet:
        path.sheet = path.new_id()
    agreement = {} if path.imported or to not in path.agreements else {"agreement": path.agreements[to]}
    return path.tell(
        path.sender,
        "referral-sent",
        on,
        referral=path.referral,
        to=to,
        service=path.pick(SERVICES),
        need=path.pick(texts.NEEDS),
        person=path.person.told(),
        contacts=path.person.contacts(),
        sheet=path.sheet,
        **agreement,
        **more,
    )
