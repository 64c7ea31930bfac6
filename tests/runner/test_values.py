"""Values survive the trip exactly; anything else that is read ends in `DecodeError`, soon."""

from __future__ import annotations

import contextlib
import json
import math
import struct
from collections import OrderedDict, defaultdict
from datetime import date
from decimal import Decimal
from enum import IntEnum

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from runner.values import DecodeError, EncodeError, Opaque, Tagged, decode, encode, untag

FLOATS = st.floats(allow_nan=False)
UNHURRIED = settings(deadline=None, max_examples=80)  # a busy host is no fault of the codec
HASHABLE = st.recursive(
    st.none() | st.booleans() | st.integers() | FLOATS | st.text(max_size=20) | st.binary(max_size=20),
    lambda inner: st.tuples(inner, inner) | st.frozensets(inner, max_size=4),
    max_leaves=6,
)
PLAIN = st.recursive(
    HASHABLE | st.complex_numbers(allow_nan=False),
    lambda inner: (
        st.lists(inner, max_size=5)
        | st.tuples(inner)
        | st.dictionaries(HASHABLE, inner, max_size=4)
        | st.sets(HASHABLE, max_size=4)
    ),
    max_leaves=20,
)
ARRAYS = hnp.arrays(
    st.sampled_from(["?", "i1", "i2", "i4", "i8", "u1", "u8", "f2", "f4", "f8", "c8", "c16", ">f8", "<U3"]),
    hnp.array_shapes(min_dims=0, max_dims=4, min_side=0, max_side=4),
)


def _same(left: object, right: object) -> bool:
    """Compare type, value and sign of zero, all the way down."""
    return (type(left), repr(left)) == (type(right), repr(right)) or (type(left) is type(right) and left == right)


@UNHURRIED
@given(PLAIN)
def test_a_plain_value_comes_back_the_same(value: object) -> None:
    """Types are kept: True is not 1, and a tuple is not a list."""
    assert _same(decode(encode(value)), value)


@UNHURRIED
@given(st.floats())
def test_every_float_comes_back_bit_for_bit(value: float) -> None:
    """Rounding through decimal digits would lose the last bit."""
    back = decode(encode(value))
    assert math.isnan(back) if math.isnan(value) else struct.pack(">d", back) == struct.pack(">d", value)


@UNHURRIED
@given(ARRAYS)
def test_an_array_comes_back_with_dtype_shape_and_bytes(array: np.ndarray) -> None:
    """Also empty ones, ones without dimensions, and ones of another byte order."""
    back = decode(encode(array))
    assert (type(back), back.dtype, back.shape, back.tobytes()) == (
        np.ndarray,
        array.dtype,
        array.shape,
        array.tobytes(),
    )
    assert back.flags.writeable


@UNHURRIED
@given(st.sampled_from([np.float64, np.float32, np.int8, np.uint64, np.bool_, np.complex64]), st.integers(0, 1))
def test_a_numpy_scalar_stays_one(kind: type, number: int) -> None:
    """A judge may care whether it was a numpy float or a Python float."""
    assert _same(decode(encode(kind(number))), kind(number))


@UNHURRIED
@given(st.binary(max_size=200))
def test_any_bytes_give_a_value_or_a_decode_error(data: bytes) -> None:
    """No other exception comes out, whatever goes in."""
    with contextlib.suppress(DecodeError):
        decode(data)


JSON = st.recursive(
    st.none() | st.booleans() | st.sampled_from(["i", "f", "a", "d", "s", "g", "n", "<f8", "1", "", "AAAA", "tensor"]),
    lambda inner: st.lists(inner, max_size=5),
    max_leaves=25,
)


@UNHURRIED
@given(JSON)
def test_any_tree_of_tags_gives_a_value_or_a_decode_error(tree: object) -> None:
    """Tags with the wrong fields are refused one by one, not by luck."""
    with contextlib.suppress(DecodeError):
        decode(json.dumps(tree).encode())


@pytest.mark.parametrize(
    "text",
    [
        "1", "1.5", "-0", "1e999", "NaN", "Infinity", "{}", '{"a": null}', "[]", "[null]", '["i"]', '["i",null]',
        '["i","1.5"]', '["i","0x1"]', '["i"," 1"]', '["i","1_0"]', '["i","٣"]', '["i",' + '"1' + "0" * 20000 + '"]',
        '["f","1.5"]', '["f","0x1p99999"]', '["f","0x1.8p+9999"]', '["f","infinity"]', '["c","nan"]',
        '["b","A"]', '["b","A A="]', '["b","AA=A"]', '["d","a"]', '["d",["l"],null]', '["s",["l"]]', '["s","a","a"]',
        '["d","a",null,"a",null]', '["d",["i","1"],null,true,null]', '["unknown"]', '["a","<f8",["1"],"AAAA"]',
        '["a","<f8",["-1"],"AAAA"]', '["a","<f8",["99999999999999"],""]', '["a","<f8","1",""]', '["a","|O",["0"],""]',
        '["a","<f16",["0"],""]', '["a","<M8[s]",["0"],""]', '["a","|V8",["0"],""]', '["a","<U0",["0"],""]',
        '["a","|b1",["1"],"Ag=="]', '["a","<U1",["1"],"/////w=="]', '["a","f8",["0"],""]', '["n","<f8",""]',
        '["a","<f8",["0","9999999999999","9999999999999"],""]', '["g","tensor",["d"]]', '["g","frame",null]',
        '["g","other",["d"]]', '["o","x"]', '["t",["i","1"]', "\"\\ud8", "[" * 5000, '["l",' * 100 + "]" * 100, "", "\x00",
    ],
)  # fmt: skip
def test_what_encode_would_not_write_is_refused(text: str) -> None:
    """Each of these is one lie that a learner might tell."""
    with pytest.raises(DecodeError):
        decode(text.encode())


def test_many_parts_are_refused_before_they_are_built() -> None:
    """A short text can ask for a lot of memory."""
    with pytest.raises(DecodeError, match="too many parts"):
        decode(b'["l"' + b",[]" * 2_000_000 + b"]", max_bytes=1 << 30)
    with pytest.raises(DecodeError, match="too many parts"):
        decode(b'["l"' + b",null" * 300_000 + b"]")


def test_keys_made_to_collide_are_refused() -> None:
    """A table of equal hashes takes time that grows with its square."""
    prime = 2**61 - 1
    keys = "".join(f',["i","{prime * number:x}"]' for number in range(1, 200))
    with pytest.raises(DecodeError, match="one hash"):
        decode(f'["s"{keys}]'.encode())


def test_more_bytes_than_allowed_are_not_even_read() -> None:
    """The cap is the caller's."""
    with pytest.raises(DecodeError, match="11 bytes"):
        decode(b'"aaaaaaaaa"', max_bytes=10)


class Colour(IntEnum):
    """An int subclass of the standard library."""

    RED = 3


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (Colour.RED, 3),
        (OrderedDict(a=1), {"a": 1}),
        (defaultdict(list, a=[1]), {"a": [1]}),
        (bytearray(b"x"), b"x"),
        (np.ma.masked_array([1, 2], [0, 1]), np.array([1, 2])),
    ],
)
def test_a_subclass_is_carried_as_its_base(value: object, expected: object) -> None:
    """The base's own reading is used, not the subclass's."""
    back = decode(encode(value))
    assert type(back) is type(expected)
    assert np.array_equal(back, expected) if isinstance(expected, np.ndarray) else back == expected


@pytest.mark.parametrize(
    "value", [object(), date(2026, 1, 1), Decimal(1), len, int, range(3), np.longdouble(1), iter([])]
)
def test_what_has_no_encoding_is_opaque(value: object) -> None:
    """Shown by type and repr, and never equal to itself read twice."""
    data = encode(value)
    assert type(decode(data)) is Opaque
    assert decode(data) != decode(data)


TOO_LARGE = {"parts": [None] * 300_000, "digits": 1 << 70000, "text": "x" * 9_000_000, "array": np.zeros(2_000_000)}


@pytest.mark.parametrize("value", TOO_LARGE.values(), ids=TOO_LARGE)
def test_a_value_too_large_is_not_written(value: object) -> None:
    """Parts, digits and bytes have caps."""
    with pytest.raises(EncodeError):
        encode(value)


def test_a_value_that_contains_itself_is_not_written() -> None:
    """Depth has a cap too."""
    value: list[object] = []
    value.append(value)
    with pytest.raises(EncodeError, match="contains itself"):
        encode(value)


def test_a_frame_is_carried_as_columns_and_index() -> None:
    """Numbers as arrays, text as a list, dates as ISO text, what is missing as None."""
    frame = pd.DataFrame({"n": [1, 2], "s": ["a", None], "d": pd.to_datetime(["2026-01-02", None])}, index=["x", "y"])
    tagged = decode(encode(frame))
    assert (type(tagged), tagged.kind, tagged.value["columns"], tagged.value["index"]) == (
        Tagged,
        "frame",
        ["n", "s", "d"],
        ["x", "y"],
    )
    numbers, texts, dates = tagged.value["values"]
    assert (numbers.tolist(), texts, dates) == ([1, 2], ["a", None], ["2026-01-02T00:00:00", None])


def test_a_frame_and_a_series_can_be_rebuilt() -> None:
    """Inside the box, arguments become the real thing again."""
    frame = pd.DataFrame({"a": [1.5, 2.5], "b": ["x", "y"]})
    series = pd.Series([1, 2, 3], name="s", index=[5, 6, 7])
    pd.testing.assert_frame_equal(decode(encode(frame), rebuild=True), frame, check_dtype=False)
    pd.testing.assert_series_equal(decode(encode(series), rebuild=True), series)


def test_untag_gives_what_is_inside() -> None:
    """And leaves the rest alone."""
    assert (untag(Tagged("tensor", 1)), untag(2)) == (1, 2)
    assert repr(Tagged("tensor", 1)) == "Tagged('tensor', 1)"
    assert repr(Opaque("T", "<T>")) == "Opaque('T', '<T>')"
