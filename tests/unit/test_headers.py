"""Headers are read as the library reads them."""

from hypothesis import given
from hypothesis import strategies as st
from nats.aio.client import Client

from adapters.nats.headers import parsed

LIBRARYS = Client.__dict__["_parse_header_lines"].__func__
LINES = st.lists(
    st.one_of(
        st.binary(max_size=40),
        st.tuples(st.sampled_from([b"Nats-Stream", b"a b", b" Name ", b"\xc3\xa9", b""]), st.binary(max_size=20)).map(
            b": ".join
        ),
    ),
    max_size=6,
)


@given(LINES)
def test_the_same_as_the_librarys(lines: list[bytes]) -> None:
    raw = b"\r\n".join(lines)
    assert parsed(raw) == parsed(raw) == LIBRARYS(raw)
