"""Of several desks the one whose clock differs from the others' is the one that takes nothing on."""

import pytest

from services.clocks import apart


@pytest.mark.parametrize(
    ("own", "others", "seconds"),
    [
        (3600.0, [], None),  # alone: nobody to differ from
        (0.9, [0.0], None),
        (1.1, [0.0], 1.1),
        (0.0, [1.1], None),  # it is the other that is wrong
        (-1.1, [0.0], 1.1),
        (0.0, [-1.1], None),
        (-7_000_000.0, [-7_000_000.2], None),  # both go by a played year
        (-7_000_000.0, [-7_000_002.0], None),
        (-7_000_002.0, [-7_000_000.0], 2.0),
        (0.0, [3.0, 3.1], None),  # with the server two against two: who is near the server is right
        (3.0, [0.0, 3.1], 3.0),
        (0.0, [3.0, 3.1, 3.2], 3.2),  # the server and one against three
        (3.0, [0.0, 3.1, 3.2], None),
        (2.0, [0.0, 0.1], 2.0),
        (0.0, [0.1, 2.0], None),
        (1.6, [0.0, 0.8], 1.6),
        (0.8, [0.0, 1.6], None),
    ],
)
def test_who_is_wrong(own: float, others: list[float], seconds: float | None) -> None:
    found = apart(own, others)
    assert (found is None) == (seconds is None)
    assert found == pytest.approx(seconds)


@pytest.mark.parametrize("ahead", [(0.9, -0.9), (-0.9, 0.9), (5.0, -5.0), (0.0, 1.5), (2.0, 2.0 + 1.5)])
def test_of_two_that_differ_one_goes_on(ahead: tuple[float, float]) -> None:
    first, second = ahead
    assert [apart(first, [second]) is None, apart(second, [first]) is None].count(True) == 1
