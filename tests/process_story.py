"""A placement from the agreement meeting to the shared final evaluation, as told day by day: for `docs/process.md`.

The cooperative hosts; the sender is a placement service; the mental-health service belongs to the person's network.
What the steps say of the answers is checked by `tests/acceptance/test_process.py`.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

SENDER, COOP, HEALTH = "sil", "coop", "cps"

ORGANISATIONS: Final[Mapping[str, tuple[str, str]]] = {
    SENDER: ("Servizio inserimento lavorativo di Esempio", "placement-service"),
    COOP: ("Cooperativa sociale Esempio", "social-cooperative-b"),
    HEALTH: ("Servizio di salute mentale di Esempio", "mental-health-service"),
}


def _id(number: int) -> str:
    return f"019b0000-0000-7000-8000-{number:012d}"


CASE, AGREEMENT, REFERRAL, SHEET, PLACEMENT, ASK = (_id(n) for n in range(1, 7))
MEETINGS: Final = tuple(_id(n) for n in range(11, 21))


@dataclass(frozen=True, kw_only=True)
class Step:
    """`act` is told by `by` at that moment; `asks` are commands that show what each then sees."""

    at: datetime
    by: str
    title: str
    text: str
    act: Mapping[str, Any]
    opens: tuple[str, ...] = ()
    """What the answer says of obligations: `rule state due`."""
    irregular: tuple[str, ...] = ()
    asks: tuple[tuple[str, str], ...] = field(default=())
    """By whom, and the command."""


def _at(day: str, hour: str = "17:00") -> datetime:
    return datetime.fromisoformat(f"{day}T{hour}:00+01:00")


def _case(type_: str, **fields: Any) -> dict[str, Any]:
    return {"type": type_, "case": CASE, **fields}


def _agreement(type_: str, **fields: Any) -> dict[str, Any]:
    return {"type": type_, "agreement": AGREEMENT, **fields}


def _met(number: int, kind: str, **fields: Any) -> dict[str, Any]:
    who = {"organisations": [SENDER, COOP], "placements": [PLACEMENT]} if kind != "agreement" else {}
    return {"meeting": MEETINGS[number], "meeting_kind": kind, **who, **fields}


STORY: Final[tuple[Step, ...]] = (
    Step(
        at=_at("2026-01-12", "15:00"),
        by=COOP,
        title="The agreement",
        text="The operators of the social area meet the services that send people: how placements are made, with which "
        "aims, **how many people can be placed**, who does what. The cooperative puts down what was agreed.",
        act=_agreement(
            "agreement-proposed",
            parties=[SENDER, HEALTH],
            places=[{"place_kind": "internship", "number": 3}],
            roles=[{"organisation": SENDER, "role": "sender"}, {"organisation": COOP, "role": "host"}],
            convener=COOP,
            cadence_months=6,
            valid_from="2026-01-15",
            valid_until="2026-12-31",
            signed_by=[{"party": COOP, "on": "2026-01-12"}],
            how="Due visite prima di ogni inserimento, tutor da entrambe le parti.",
            aims="Lavoro per persone seguite dai servizi, con gradualità.",
        ),
    ),
    Step(
        at=_at("2026-01-12", "17:30"),
        by=SENDER,
        title="The meeting itself",
        text="The meeting at which it was agreed is an act of its own, on the agreement.",
        act=_agreement(
            "meeting-held",
            **_met(0, "agreement", organisations=[SENDER, COOP, HEALTH]),
            outcome="Bisogni del servizio: tre inserimenti nell'anno, mattina.",
        ),
    ),
    Step(
        at=_at("2026-01-13"),
        by=HEALTH,
        title="A signature is the signer's own",
        text="Each service with a system signs by itself; until then the agreement is a proposal.",
        act=_agreement("agreement-signed", party=HEALTH, signed_on="2026-01-13"),
    ),
    Step(
        at=_at("2026-01-14"),
        by=SENDER,
        title="The last signature",
        text="With it the agreement is in force.",
        act=_agreement("agreement-signed", party=SENDER, signed_on="2026-01-14"),
        asks=((HEALTH, "agreements"),),
    ),
    Step(
        at=_at("2026-01-20"),
        by=SENDER,
        title="Is there a place?",
        text="The sending service says what it needs.",
        act=_agreement(
            "place-asked",
            ask=ASK,
            number=1,
            place_kind="internship",
            starts="2026-03-01",
            profile="Imballaggio, mattina.",
        ),
    ),
    Step(
        at=_at("2026-01-22"),
        by=COOP,
        title="There is one",
        text="Limits are told in functional words, and sealed.",
        act=_agreement("place-answered", ask=ASK, number=1, starts="2026-03-02", limits="Niente pesi oltre 10 kg."),
    ),
    Step(
        at=_at("2026-02-02", "10:00"),
        by=SENDER,
        title="The referral",
        text="For a case that is not on the record yet it opens the case. The answer says what it asks of whom: the "
        "cooperative has fifteen days.",
        act=_case(
            "referral-sent",
            referral=REFERRAL,
            to=COOP,
            service="internship",
            need="Un ambiente tranquillo, mattina.",
            person={"names": ["Persona Processo"], "born": "1991-05-04"},
            agreement=AGREEMENT,
            sheet=SHEET,
        ),
        opens=("referral-answer-due open 2026-02-17",),
        asks=((COOP, "board"), (HEALTH, "board")),
    ),
    Step(
        at=_at("2026-02-03"),
        by=SENDER,
        title="The presentation sheet",
        text="Required at the start. What touches health is sealed apart from what touches work.",
        act=_case(
            "presentation-sheet-filed",
            sheet=SHEET,
            profile="Ha lavorato in cucina per quattro anni.",
            wishes="Lavorare con altri.",
            limits="Non al caldo.",
        ),
    ),
    Step(
        at=_at("2026-02-04"),
        by=COOP,
        title="Accepted",
        text="Whoever accepts joins the case.",
        act=_case("referral-accepted", referral=REFERRAL),
        opens=("referral-answer-due fulfilled 2026-02-17",),
    ),
    Step(
        at=_at("2026-02-10"),
        by=COOP,
        title="The accompanied visit",
        text="The sender **accompanies** the candidate, who sees the place and the people; the fit is looked at "
        "together.",
        act=_case(
            "visit-held",
            host=COOP,
            accompanied_by=[SENDER],
            outcome="go-on",
            sheet=SHEET,
            people_met="La tutor e due colleghi.",
            person_view="Il posto piace.",
            compatible="with-adaptations",
            adaptations="Una seduta.",
        ),
    ),
    Step(
        at=_at("2026-02-16"),
        by=COOP,
        title="The placement is agreed",
        text="An internship with two tutors, a grant in cents, all signatures.",
        act=_case(
            "placement-agreed",
            placement=PLACEMENT,
            channel="internship",
            host=COOP,
            promoter=SENDER,
            regime_class="internship",
            regime="extracurricular",
            regime_months=12,
            tutors=[{"organisation": SENDER}, {"organisation": COOP}],
            starts="2026-03-02",
            ends="2026-09-30",
            hours_a_week=25,
            grant_cents=50000,
            payer=SENDER,
            agreement=AGREEMENT,
            referral=REFERRAL,
            signed_by=[
                {"party": "host", "organisation": COOP, "on": "2026-02-16"},
                {"party": "promoter", "organisation": SENDER, "on": "2026-02-16"},
                {"party": "person", "on": "2026-02-16"},
            ],
            profile="Imballaggio.",
            place="Secondo piano.",
        ),
        asks=((SENDER, "agreements"),),
    ),
    Step(
        at=_at("2026-03-02"),
        by=COOP,
        title="The first day",
        text="Twenty days after Monday 2 March are Sunday 22: the joint monitoring is due on Monday 23.",
        act=_case(
            "placement-started",
            placement=PLACEMENT,
            started="2026-03-02",
            insured=True,
            communicated_on="2026-02-27",
            communication="ESEMPIO-7",
        ),
        opens=("joint-monitoring upcoming 2026-03-23",),
        asks=((COOP, "due"),),
    ),
    Step(
        at=_at("2026-03-09"),
        by=COOP,
        title="Constant contact",
        text="From the day of the placement, by telephone or e-mail.",
        act=_case(
            "contact-made",
            channel="phone",
            with_whom="organisation",
            with_organisation=SENDER,
            note="La prima settimana è andata bene.",
        ),
    ),
    Step(
        at=_at("2026-03-24"),
        by=COOP,
        title="A closure",
        text="The cooperative says when in August nobody is there.",
        act={"type": "closure-declared", "organisation": COOP, "from_day": "2026-08-03", "until_day": "2026-08-21"},
    ),
    Step(
        at=_at("2026-03-30"),
        by=COOP,
        title="The joint monitoring, a week late",
        text="Nothing true is refused: it was held late, and the record says so. A joint meeting counts when both "
        "attest it.",
        act=_case(
            "meeting-held",
            **_met(1, "joint-monitoring"),
            person_present=True,
            fulfils=[f"joint-monitoring-{PLACEMENT}"],
            outcome="Un buon inizio.",
        ),
        opens=(
            "joint-monitoring waiting-for-attestation 2026-03-23",
            "joint-review upcoming 2026-05-30",
        ),
        asks=((SENDER, "due --mine"),),
    ),
    Step(
        at=_at("2026-03-31"),
        by=SENDER,
        title="The sender attests it",
        text="Held on 30 March, so the first review is two months from that day.",
        act=_case("act-attested", entry=8, on="own"),
        opens=("joint-monitoring fulfilled 2026-03-23", "joint-review upcoming 2026-05-30"),
    ),
    Step(
        at=_at("2026-04-20"),
        by=COOP,
        title="The observation sheet",
        text="Scores on the published S.O.M.I. sheet, sealed; that it was filled, and how much of it, is in clear.",
        act=_case(
            "observation-recorded",
            sheet="somi",
            edition=1,
            moment="interim",
            filled_by="both",
            items_scored=2,
            items_asked=27,
            placement=PLACEMENT,
            scores=[{"item": "punctuality", "score": 4}, {"item": "precision", "score": 3}],
        ),
    ),
    Step(
        at=_at("2026-05-29"),
        by=SENDER,
        title="The first review",
        text="Told by the sender this time; the cooperative attests it next.",
        act=_case("meeting-held", **_met(2, "review"), outcome="Si prosegue."),
        opens=("joint-review waiting-for-attestation 2026-05-30", "joint-review upcoming 2026-07-29"),
    ),
    Step(
        at=_at("2026-05-29", "18:00"),
        by=COOP,
        title="Attested",
        text="",
        act=_case("act-attested", entry=11, on="own"),
        opens=("joint-review fulfilled 2026-05-30", "joint-review upcoming 2026-07-29"),
    ),
    Step(
        at=_at("2026-07-29"),
        by=COOP,
        title="A review that was not held",
        text="The sender could not come. The next one counts from the day on which this one was due.",
        act=_case(
            "meeting-missed",
            **{k: v for k, v in _met(3, "review").items() if k != "organisations"},
            absent=[SENDER],
            reason_class="absent",
        ),
        opens=("joint-review missed 2026-07-29", "joint-review upcoming 2026-09-29"),
        asks=((SENDER, "due --state missed --state upcoming"),),
    ),
    Step(
        at=_at("2026-09-28"),
        by=COOP,
        title="The next review",
        text="Held a day early. Since May nobody had spoken or met, longer than the rule of practice says: recorded "
        "all the same, and marked.",
        act=_case("meeting-held", **_met(4, "review"), outcome="Pronta per un contratto."),
        irregular=("contact-gap",),
        opens=("joint-review waiting-for-attestation 2026-09-29",),
    ),
    Step(
        at=_at("2026-09-28", "18:00"),
        by=SENDER,
        title="Attested",
        text="",
        act=_case("act-attested", entry=14, on="own"),
        opens=("joint-review fulfilled 2026-09-29",),
    ),
    Step(
        at=_at("2026-09-30"),
        by=COOP,
        title="The end of the placement",
        text="It asks for the final evaluation, and for asking after the person later.",
        act=_case("placement-ended", placement=PLACEMENT, ended="2026-09-30", reason_class="as-planned"),
        opens=(
            "final-evaluation-due open 2026-10-30",
            "follow-up-1 upcoming 2026-10-30",
            "follow-up-3 upcoming 2026-12-30",
            "follow-up-6 upcoming 2027-03-30",
            "follow-up-12 upcoming 2027-09-30",
        ),
    ),
    Step(
        at=_at("2026-10-05"),
        by=SENDER,
        title="What the team saw",
        text="The outcome of the team's monitoring feeds the final evaluation.",
        act=_case("team-outcome-recorded", outcome_class="reached", placement=PLACEMENT, note="Pronta."),
    ),
    Step(
        at=_at("2026-10-12"),
        by=COOP,
        title="The shared final evaluation",
        text="Built on the team's outcome and on the observations, with the person present, shared with the sender. It "
        "closes the referral's loop.",
        act=_case(
            "final-evaluation-shared",
            placement=PLACEMENT,
            outcomes=[{"outcome": "reached"}],
            built_on=[10, 17],
            person_present=True,
            shared_with=[SENDER],
            note="Un buon percorso.",
        ),
        opens=("final-evaluation-due fulfilled 2026-10-30",),
        asks=((SENDER, "due --within 400"), (COOP, "placements"), (COOP, "irregularities"), (HEALTH, "board")),
    ),
)
