"""The rules that every act of the catalogue keeps, looked up in its fields, also deep inside."""

import re
from collections.abc import Iterator
from datetime import date, datetime
from typing import Annotated, Any, Literal, get_args, get_origin
from uuid import UUID

import pytest
from pydantic import BaseModel, StringConstraints

from domain.catalogue import ACTS, ALL, KINDS
from domain.entry import PERSONAL, SPECIAL, Act, FromList, Personal, Published, Special
from domain.skeleton import mark

CODES_OF_THEIR_OWN = {"access_point", "access_points", "sheet", "fulfils", "misses", "obligations"}
"""What an organisation makes itself, random like every id; a published sheet; ids of obligations."""

WORDS = ("Example Person", "example person", "Example, with a comma", "via Esempio 1", "è")


def parts(annotation: Any, metadata: tuple[Any, ...] = ()) -> Iterator[tuple[Any, tuple[Any, ...]]]:
    """The innermost types of an annotation with what is said about each."""
    origin, args = get_origin(annotation), get_args(annotation)
    if origin is Annotated:
        yield from parts(args[0], (*metadata, *args[1:]))
    elif origin is Literal or not args:
        yield annotation, metadata
    else:
        for arg in args:
            if arg not in (Ellipsis, type(None)):
                yield from parts(arg, metadata)


def leaves(model: type[BaseModel], path: str = "") -> Iterator[tuple[str, Any, tuple[Any, ...]]]:
    """Every field that is not sealed, with those of the models inside it; below a sealed one all is sealed."""
    for name, field in model.model_fields.items():
        if mark(field) is not None or name == "type":
            continue
        for inner, metadata in parts(field.annotation, tuple(field.metadata)):
            if isinstance(inner, type) and issubclass(inner, Act):
                continue  # a whole act inside an act keeps its own marks
            if isinstance(inner, type) and issubclass(inner, BaseModel):
                yield from leaves(inner, f"{path}{name}.")
            else:
                yield f"{path}{name}", inner, metadata


CLEAR = [(act, *leaf) for act in ALL for leaf in leaves(act)]


@pytest.mark.parametrize(
    ("act", "path", "inner", "metadata"), CLEAR, ids=[f"{a.model_fields['type'].default}.{p}" for a, p, _, _ in CLEAR]
)
def test_what_is_not_sealed_cannot_hold_words(act: type[Act], path: str, inner: Any, metadata: tuple[Any, ...]) -> None:
    assert (
        inner in (UUID, date, datetime, int, bool)
        or get_origin(inner) is Literal
        or (inner is str and (_refuses_words(metadata) or _published(act, metadata)))
    ), path


def _refuses_words(metadata: tuple[Any, ...]) -> bool:
    patterns = [m.pattern for m in metadata if isinstance(m, StringConstraints) and m.pattern]
    patterns += [m.pattern for m in metadata if hasattr(m, "pattern") and not isinstance(m, StringConstraints)]
    return bool(patterns) and not any(re.search(str(p), word) for p in patterns for word in WORDS)


def _published(act: type[Act], metadata: tuple[Any, ...]) -> bool:
    return act.kind == "rulebook" and any(isinstance(m, Published) for m in metadata)


@pytest.mark.parametrize("act", [a for a in ALL if a.kind != "rulebook"], ids=lambda a: a.__name__)
def test_a_code_is_of_a_published_list(act: type[Act]) -> None:
    tokens = {
        path
        for path, inner, metadata in leaves(act)
        if inner is str
        and any("a-z0-9][a-z0-9-]" in str(getattr(m, "pattern", "")) for m in metadata)
        and not any(isinstance(m, FromList) for m in metadata)
    }
    assert tokens <= CODES_OF_THEIR_OWN


@pytest.mark.parametrize("act", ALL, ids=lambda a: a.__name__)
def test_a_mark_names_a_category_that_there_is(act: type[Act]) -> None:
    marks: list[Personal] = [m for f in act.model_fields.values() if (m := mark(f))]
    assert {m.category for m in marks if not isinstance(m, Special)} <= PERSONAL
    assert {m.category for m in marks if isinstance(m, Special)} <= SPECIAL


@pytest.mark.parametrize("act", ALL, ids=lambda a: a.__name__)
def test_a_mark_names_a_data_subject_that_the_act_names(act: type[Act]) -> None:
    subjects = {m.subject for f in act.model_fields.values() if (m := mark(f)) and m.subject}
    assert all(act.model_fields[name].annotation is UUID for name in subjects)


@pytest.mark.parametrize("act", ALL, ids=lambda a: a.__name__)
def test_no_mark_stands_below_a_field_in_clear(act: type[Act]) -> None:
    inside = [m for _, _, metadata in leaves(act) for m in metadata if isinstance(m, Personal)]
    assert inside == []


@pytest.mark.parametrize("act", ALL, ids=lambda a: a.__name__)
def test_a_type_is_in_the_past_tense_and_a_token_of_subjects(act: type[Act]) -> None:
    assert re.fullmatch(r"[a-z]+(-[a-z]+)+", act.model_fields["type"].default)


@pytest.mark.parametrize("act", ALL, ids=lambda a: a.__name__)
def test_no_field_of_an_act_hides_one_of_the_envelope(act: type[Act]) -> None:
    from domain.submission import Envelope

    assert not set(act.model_fields) & set(Envelope.model_fields)


def test_no_two_acts_share_a_type() -> None:
    assert len(ACTS) == len(ALL)


def test_the_kinds_of_record() -> None:
    assert {"case", "organisation", "rulebook", "agreement"} == KINDS
