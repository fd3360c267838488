"""The told story of a placement is what the service does: each act, each answer, what each organisation sees."""

from pathlib import Path

from tests.process import PAGE, page, played


def test_from_the_agreement_meeting_to_the_shared_final_evaluation(tmp_path: Path) -> None:
    with played(tmp_path) as network:
        told = "".join(page(network))
    assert told == PAGE.read_text("utf-8"), "the page is renewed with: python -m tests.process"
