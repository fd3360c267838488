"""What an organisation is answered, and what it is not."""

from contextlib import closing
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from domain.refusal import Malformed, Refused
from services.keyring import Key, Owner
from services.queries import pages
from services.views.views import Views
from tests.asked import Asked
from tests.examples import (
    CASE_ID,
    CENTRE,
    COOP,
    HEALTH,
    NOON,
    OFFICE,
    ORPHAN_CASE_ID,
    OTHER_COOP,
    PLACEMENT_CASE_ID,
    PRACTITIONER,
    SECOND_CASE_ID,
    TRAINER,
)

NOT_THERE = "018f0000-0000-7000-8000-00000000dead"


def test_the_board_names_the_persons_and_what_moved_last(asked: Asked) -> None:
    board = asked.queries.ask("board", reader=CENTRE, **asked.now)
    assert board["position"] == asked.record.position()
    handed_out, placed, second, first = board["cases"]
    assert handed_out["case"] == ORPHAN_CASE_ID
    assert placed["case"] == PLACEMENT_CASE_ID
    assert second["case"] == SECOND_CASE_ID
    assert second["person"]["names"] == ["Second", "Example"]
    assert second["taken_on"] is False
    assert second["role"] == "responsible"
    assert first["person"]["names"] == ["Example", "Renamed"]
    assert first["role"] is None  # it has handed over, and keeps what it did itself


def test_the_board_goes_in_pages(asked: Asked) -> None:
    page = asked.queries.ask("board", reader=CENTRE, limit=1, **asked.now)
    assert [c["case"] for c in page["cases"]] == [ORPHAN_CASE_ID]
    page = asked.queries.ask("board", reader=CENTRE, limit=1, cursor=page["next"])
    assert [c["case"] for c in page["cases"]] == [PLACEMENT_CASE_ID]
    page = asked.queries.ask("board", reader=CENTRE, limit=1, cursor=page["next"])
    assert [c["case"] for c in page["cases"]] == [SECOND_CASE_ID]
    rest = asked.queries.ask("board", reader=CENTRE, limit=1, cursor=page["next"])
    assert [c["case"] for c in rest["cases"]] == [CASE_ID]
    assert rest["next"] is None


def test_a_person_is_found_by_the_beginning_of_a_name(asked: Asked) -> None:
    found = asked.queries.ask("board", reader=CENTRE, name="ren ex", **asked.now)
    assert [c["case"] for c in found["cases"]] == [CASE_ID]
    assert asked.queries.ask("board", reader=CENTRE, name="nobody")["cases"] == []
    assert asked.queries.ask("board", reader=COOP, name="second")["cases"] == []


def test_the_board_is_kept_to_a_status(asked: Asked) -> None:
    assert asked.queries.ask("board", reader=CENTRE, status="closed", **asked.now)["cases"] == []
    asked.continue_(SECOND_CASE_ID, (CENTRE, "case-closed"))
    found = asked.queries.ask("board", reader=CENTRE, status="closed", **asked.now)
    assert [c["case"] for c in found["cases"]] == [SECOND_CASE_ID]


def test_the_case_file_says_what_is_due_as_of_a_day(asked: Asked) -> None:
    def said(as_of: date | None = None) -> dict[str, str]:
        file = asked.queries.ask("case", reader=COOP, case=PLACEMENT_CASE_ID, as_of=as_of, **asked.now)
        return {d["obligation"].split("-0", 1)[0]: d["state"] for d in file["obligations"]}

    later, before = said(date(2027, 12, 31)), said(date(2026, 1, 1))
    assert before == {}
    assert "joint-monitoring" in later
    assert said() == said((NOON + timedelta(days=40)).date())
    assert later == said(date(2027, 12, 31))  # out of the book


def test_the_case_file_shows_person_team_course_and_referrals(asked: Asked) -> None:
    file = asked.queries.ask("case", reader=COOP, case=CASE_ID, **asked.now)
    assert file["person"]["names"] == ["Example", "Renamed"]
    assert file["person"]["born"] == "1990-01-01"  # told once, and not changed since
    assert file["person"]["contacts"] == [{"kind": "e-mail", "value": "person@example.invalid"}]
    assert file["orphan"] is True
    assert {m["organisation"] for m in file["team"]} == {CENTRE, COOP, HEALTH}
    assert [t["type"] for t in file["course"]][-2:] == ["case-closed", "case-reopened"]
    assert {r["state"] for r in file["referrals"]} == {"closed", "declined", "withdrawn"}
    assert file["practitioners"] == [
        {"practitioner": str(PRACTITIONER), "organisation": COOP, "name": "Example Practitioner"}
    ]


def test_a_practitioner_of_others_stays_an_id(asked: Asked) -> None:
    asked.queries.ask("board", reader=TRAINER, **asked.now)
    with asked.views.reading() as views:
        assert [s.entry.organisation for s in views.namings(COOP, [str(PRACTITIONER)])] == [COOP]
        assert len(views.namings(OFFICE, [str(PRACTITIONER)])) == 4


def test_the_timeline_says_what_others_say_of_an_entry(asked: Asked) -> None:
    timeline = asked.queries.ask("timeline", reader=COOP, case=CASE_ID, **asked.now)
    entries = {e["version"]: e for e in timeline["entries"]}
    assert entries[10]["marks"]["corrected_by"] == entries[13]["position"]
    assert entries[10]["marks"]["attested"][0]["organisation"] == COOP
    assert entries[10]["marks"]["contested"][0]["ground"] == "incomplete"
    assert entries[10]["personal"] == [{"category": "social", "fields": {"note": "example note: all well"}}]
    assert entries[13]["personal"][0]["fields"]["act"]["note"] == "example note: all well, two calls"


def test_what_was_taken_back_as_unlawful_is_there_but_not_read(asked: Asked) -> None:
    timeline = asked.queries.ask("timeline", reader=COOP, case=CASE_ID, **asked.now)
    masked = next(e for e in timeline["entries"] if e["version"] == 29)
    assert masked["masked"] is True
    assert not {"type", "act", "personal"} & masked.keys()
    assert masked["marks"] == {"retracted_by": masked["position"] + 1}


def test_the_timeline_goes_in_pages_with_the_same_marks(asked: Asked) -> None:
    whole = asked.queries.ask("timeline", reader=COOP, case=CASE_ID, **asked.now)["entries"]
    found: list[Any] = []
    cursor: int | None = 0
    while cursor is not None:
        page = asked.queries.ask("timeline", reader=COOP, case=CASE_ID, limit=7, cursor=cursor)
        found += page["entries"]
        cursor = page["next"]
    assert found == whole


def test_what_is_told_after_leaving_is_marked(asked: Asked) -> None:
    at = (NOON + timedelta(days=10)).isoformat()
    asked.continue_(CASE_ID, (HEALTH, "contact-made", {"_occurred": at}))
    asked.continue_(CASE_ID, (COOP, "contact-made"))
    entries = asked.queries.ask("timeline", reader=COOP, case=CASE_ID, **asked.now)["entries"]
    assert [e["marks"].get("told_after_leaving", False) for e in entries][-3:] == [False, True, False]


def test_referrals_are_loops(asked: Asked) -> None:
    loops = asked.queries.ask("referrals", reader=COOP, **asked.now)["referrals"]
    assert [r["state"] for r in loops] == ["closed", "withdrawn", "declined", "closed"]
    assert loops[0]["closed"] == "2026-09-16"  # by the final evaluation
    assert [r["days"] for r in loops] == [2, 1, 1, 5]
    assert loops[3]["answer_by"] == "2026-03-20"
    assert asked.queries.ask("referrals", reader=COOP, open_only=True)["referrals"] == []
    page = asked.queries.ask("referrals", reader=COOP, limit=2)
    assert len(asked.queries.ask("referrals", reader=COOP, limit=2, cursor=page["next"])["referrals"]) == 2


def test_an_open_referral_waits_until_now(asked: Asked) -> None:
    asked.continue_(SECOND_CASE_ID, (CENTRE, "referral-sent", {"referral": NOT_THERE, "to": TRAINER}))
    open_ = asked.queries.ask("referrals", reader=TRAINER, open_only=True, **asked.now)["referrals"]
    assert [(r["receiver"], r["days"]) for r in open_] == [(TRAINER, 40)]


def test_the_directory_keeps_the_name_that_everybody_sees(asked: Asked) -> None:
    """A naming that an older release let some alone see takes nothing from the others."""
    hidden = (COOP, "organisation-updated", {"name": "X", "_only_for": ()})
    asked.continue_(COOP, hidden, of="organisation")
    for reader in (TRAINER, CENTRE, COOP):
        listed = asked.queries.ask("directory", reader=reader, **asked.now)["organisations"]
        assert [o["name"] for o in listed if o["organisation"] == COOP] == ["Sample cooperative A"]


def test_the_directory_opens_the_names_for_everyone(asked: Asked) -> None:
    directory = asked.queries.ask("directory", reader=TRAINER, **asked.now)["organisations"]
    names = {o["organisation"]: o["name"] for o in directory}
    assert names[OFFICE] == "Sample network office"
    assert len(directory) == 7
    assert next(o for o in directory if o["organisation"] == OTHER_COOP)["suspended"] is True
    page = asked.queries.ask("directory", reader=TRAINER, limit=3)
    assert page["next"] == page["organisations"][-1]["organisation"]


def test_entries_by_position_leave_out_what_is_not_to_be_seen(asked: Asked) -> None:
    every = list(range(1, asked.record.position() + 1))
    seen = asked.queries.ask("entries", reader=TRAINER, positions=[*every, 10_000], **asked.now)
    of_cases = [e for e in seen["entries"] if e["record"].startswith("case/")]
    assert {e["organisation"] for e in of_cases} == {TRAINER}
    assert all("token" not in e["act"] for e in seen["entries"])
    assert seen["more"] == []


def test_entries_beyond_the_largest_answer_are_named(asked: Asked, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pages, "LARGEST", 2000)
    every = list(range(1, asked.record.position() + 1))
    wanted, got = every, []
    while wanted:
        answer = asked.queries.ask("entries", reader=CENTRE, positions=wanted, **asked.now)
        assert answer["entries"]
        got += [e["position"] for e in answer["entries"]]
        wanted = answer["more"]
    assert len(got) == len(set(got)) > 20
    with pytest.raises(Malformed):
        asked.queries.ask("entries", reader=CENTRE, positions=range(501))


@pytest.mark.parametrize("query", ["case", "timeline"])
def test_a_hidden_case_and_none_are_refused_alike(asked: Asked, query: str) -> None:
    asked.queries.ask("board", reader=TRAINER, **asked.now)
    refusals = []
    for case in (SECOND_CASE_ID, NOT_THERE):
        with pytest.raises(Refused) as refused:
            asked.queries.ask(query, reader=TRAINER, case=case)
        refusals.append((refused.value.code, refused.value.facts))
    assert refusals == [("case.unknown", {})] * 2


def test_who_is_suspended_or_not_known_is_not_answered(asked: Asked) -> None:
    for reader, code in ((OTHER_COOP, "organisation.suspended"), ("onobodyatall2", "organisation.unknown")):
        with pytest.raises(Refused, match=code):
            asked.queries.ask("board", reader=reader, **asked.now)


def test_what_has_not_come_yet_is_not_pretended(asked: Asked) -> None:
    asked.queries.ask("board", reader=CENTRE, **asked.now)
    stands = asked.record.position()
    late = asked.queries.ask("case", reader=CENTRE, case=CASE_ID, after=stands + 1, timeout=0.05)
    assert late == {"outcome": "not yet", "position": stands}


def test_contacts_put_right_are_those_that_hold(asked: Asked) -> None:
    right = {"type": "case-opened", "access_class": "self", "contacts": [{"kind": "mobile", "value": "000 000 003"}]}
    asked.continue_(SECOND_CASE_ID, (CENTRE, "act-corrected", {"entry": 1, "ground": "mistake", "act": right}))
    person = asked.queries.ask("case", reader=CENTRE, case=SECOND_CASE_ID, **asked.now)["person"]
    assert person == {"contacts": [{"kind": "mobile", "value": "000 000 003"}]}


def test_an_erased_key_is_said_and_the_rest_still_read(asked: Asked) -> None:
    owner = Owner(f"case/{CASE_ID}", CENTRE, "identity")
    del asked.keys.keys[owner]
    board = asked.queries.ask("board", reader=CENTRE, **asked.now)
    assert board["cases"][3]["person"] == {"erased": True}
    entries = asked.queries.ask("timeline", reader=CENTRE, case=CASE_ID)["entries"]
    assert {"category": "identity", "erased": True} in entries[0]["personal"]
    assert any("fields" in p for p in entries[0]["personal"])


def test_a_part_that_was_tampered_with_spoils_no_other(asked: Asked) -> None:
    owner = Owner(f"case/{CASE_ID}", CENTRE, "identity")
    asked.keys.keys[owner] = Key(asked.keys.keys[owner].id, b"x" * 32)
    entries = asked.queries.ask("timeline", reader=CENTRE, case=CASE_ID, **asked.now)["entries"]
    assert {"category": "identity", "unreadable": True} in entries[0]["personal"]
    assert any("fields" in p for p in entries[0]["personal"])


def test_nothing_personal_is_in_the_files(tmp_path: Path) -> None:
    network = Asked(tmp_path, None)
    network.views.start()
    with closing(_Stopping(network.views)):
        network.queries.ask("timeline", reader=COOP, case=CASE_ID, **network.now)
        whole = b"".join(f.read_bytes() for f in tmp_path.rglob("*") if f.is_file())
    for told in (b"Renamed", b"example note", b"person@example.invalid", b"Sample cooperative", b"Practitioner"):
        assert told not in whole


class _Stopping:
    def __init__(self, views: Views) -> None:
        self.close = views.stop
