import pytest
from hypothesis import given
from hypothesis import strategies as st

from regulars.foundation.paging import BadCursor, decode_cursor, encode_cursor

scalars = st.one_of(st.none(), st.booleans(), st.integers(-(2**53), 2**53), st.text(max_size=40))


@given(st.lists(scalars, min_size=1, max_size=4))
def test_a_cursor_gives_back_its_values(values: list[object]) -> None:
    cursor = encode_cursor(values)
    assert decode_cursor(cursor, length=len(values)) == values
    assert cursor.isascii()
    assert not set(cursor) & set("+/= &?#")


@given(st.text(max_size=60))
def test_what_is_no_cursor_is_told_so(text: str) -> None:
    try:
        assert len(decode_cursor(text, length=2)) == 2
    except BadCursor:
        pass


@pytest.mark.parametrize("text", ["", "é", "AAAA", encode_cursor([1]), encode_cursor([1, 2, 3]), "e30"])
def test_a_cursor_of_another_shape_is_refused(text: str) -> None:
    with pytest.raises(BadCursor):
        decode_cursor(text, length=2)
