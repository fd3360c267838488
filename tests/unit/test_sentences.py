"""Every refusal has its sentence in both languages, and no sentence repeats what somebody wrote."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from typing import get_args

import pytest
from pydantic_core.core_schema import ErrorType

from adapters.sentences import FIELDS, LANGUAGES, SENTENCES, field_sentence, sentence
from domain.refusal import Refused

ROOT = Path(__file__).parents[2]
REFUSALS = frozenset({Refused.__name__, *(cls.__name__ for cls in Refused.__subclasses__())})
CODE = re.compile(r"[a-z]+\.[a-z][a-z-]+")


def nodes(*packages: str) -> Iterator[ast.AST]:
    for package in packages:
        for file in sorted((ROOT / package).rglob("*.py")):
            yield from ast.walk(ast.parse(file.read_text("utf-8")))


def raised() -> Iterator[str]:
    """Every code that is the first word of a refusal anywhere in the code."""
    for node in nodes("domain", "services", "adapters"):
        match node:
            case ast.Call(func=ast.Name(id=name), args=[ast.Constant(value=str(code)), *_]) if name in REFUSALS:
                yield from [code] * bool(CODE.fullmatch(code))
            case _:
                pass


def of_fields() -> Iterator[str]:
    """Every code of a field's fault that is written out in the domain or the services."""
    for node in nodes("domain", "services"):
        match node:
            case ast.Tuple(elts=[_, ast.Constant(value=str(code))]):
                yield from [code] * bool(CODE.fullmatch(code))
            case _:
                pass


def test_the_codes_are_found() -> None:
    assert {"case.unknown", "act.unknown", "form.subject-differs", "correction.makes-impossible"} <= set(raised())
    assert {"time.without-zone", "field.missing", "code.unknown"} <= set(of_fields())


@pytest.mark.parametrize("code", sorted(set(raised())))
def test_a_refusal_has_its_sentence(code: str) -> None:
    assert code in SENTENCES


@pytest.mark.parametrize("code", sorted(set(of_fields())))
def test_a_fault_of_a_field_has_its_sentence(code: str) -> None:
    assert code in FIELDS


@pytest.mark.parametrize("texts", [*SENTENCES.items(), *FIELDS.items()], ids=lambda t: t[0])
def test_it_is_said_in_both_languages_with_the_same_facts(texts: tuple[str, tuple[str, str]]) -> None:
    english, italian = texts[1]
    assert english != italian
    assert set(re.findall(r"\{\w+\}", english)) == set(re.findall(r"\{\w+\}", italian))


@pytest.mark.parametrize("texts", [*SENTENCES.items(), *FIELDS.items()], ids=lambda t: t[0])
def test_it_is_a_sentence(texts: tuple[str, tuple[str, str]]) -> None:
    assert all(text[0].isupper() or text[0] == "È" for text in texts[1])
    assert all(text[-1] in ".?" for text in texts[1])


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("fault", get_args(ErrorType))
def test_whatever_else_is_wrong_with_a_field_is_said(fault: str, language: str) -> None:
    assert field_sentence(f"field.{fault.replace('_', '-')}", language)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("code", [*SENTENCES, "no.such-code"])
def test_no_sentence_repeats_what_somebody_wrote(code: str, language: str) -> None:
    facts = dict.fromkeys(
        ("state", "entry", "type", "organisation", "nearest", "kind", "referral", "because", "occurred_at"),
        "Example Person, phone 000",
    )
    assert "Example" not in sentence(code, facts, language)


def test_the_facts_are_in_the_sentence() -> None:
    facts = {"version": 7, "position": 41207, "because": "referral.unknown"}
    assert "entry 7 (position 41207)" in sentence("correction.makes-impossible", facts)


def test_words_of_the_product_are_translated() -> None:
    assert "già accettata" in sentence("referral.answered", {"state": "accepted"}, "it")


def test_the_nearest_act_is_proposed() -> None:
    assert "Did you mean referral-sent?" in sentence("act.unknown", {"kind": "case", "nearest": "referral-sent"})
    assert "mean" not in sentence("act.unknown", {"kind": "case", "nearest": None})


def test_the_nearest_field_is_proposed() -> None:
    assert "Did you mean service?" in field_sentence("field.unknown (nearest: service)")


@pytest.mark.parametrize("language", ["de", "", "sl"])
def test_another_language_is_answered_in_english(language: str) -> None:
    assert sentence("case.unknown", {}, language) == sentence("case.unknown", {})
