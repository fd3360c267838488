"""The places that placements take of an agreement, whoever sees them: of these only numbers are ever read."""

from typing import NamedTuple

from domain.case import Case


class PlaceRow(NamedTuple):
    """From its first day, real or planned, to its last, if it has one. What was cancelled or taken back takes none.

    `one_sided`: one account alone has spoken for it and its host; it counts all the same.
    """

    record: str
    placement: str
    agreement: str
    place_kind: str
    agreed: str
    first: str
    last: str | None
    one_sided: int


class PlacesTaken(NamedTuple):
    """How many placements are alike in all that is counted."""

    agreement: str
    place_kind: str
    agreed: str
    first: str
    last: str | None
    one_sided: int
    number: int


def places(whole: Case) -> list[PlaceRow]:
    """Of a case as it is, not as one of its readers sees it."""
    return [
        PlaceRow(
            record=whole.id,
            placement=str(id_),
            agreement=f"agreement/{each.agreement}",
            place_kind=each.place_kind,
            agreed=(agreed := each.agreed_at.time.date()).isoformat(),
            first=(each.started or each.starts or agreed).isoformat(),
            last=last.isoformat() if (last := each.ended or each.ends) else None,
            one_sided=int(each.on_one_side),
        )
        for id_, each in whole.path.placements.by_id.items()
        if each.agreement and not each.cancelled
    ]
