"""Reads a value from text that anyone may have written: only `DecodeError` ever comes out, in bounded time."""
from __future__ import annotations

import binascii
import json
import math
import re
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any, NoReturn

from .kinds import (
    DTYPE,
    KINDS,
    MAX_BYTES,
    MAX_DEPTH,
    MAX_DIMS,
    MAX_INT_HEX,
    MAX_NAME,
    MAX_NODES,
    MAX_REPR,
    DecodeError,
    Opaque,
    Tagged,
)

MAX_EQUAL_HASHES = 64

_HEX_INT = re.compile(rf"-?[0-9a-f]{{1,{MAX_INT_HEX}}}")
_HEX_FLOAT = re.compile(r"-?0x[01]\.?[0-9a-f]{0,13}p[+-][0-9]{1,4}|nan|-?inf")
_DIM = re.compile(r"[0-9]{1,13}")


def decode(data: bytes, *, max_bytes: int = MAX_BYTES, rebuild: bool = False) -> Any:
    """Read a value from text that anyone may have written.

    Args:
        data: the text.
        max_bytes: more than this is refused unread.
        rebuild: make real tensors, series and frames of the tagged ones; for use inside the box only.

    Raises:
        DecodeError: when it is not exactly what `encode` could have written.
    """
    if len(data) > max_bytes:
        raise DecodeError(f"{len(data)} bytes, more than the {max_bytes} allowed")
    return _Decoder(rebuild=rebuild).value(_parse(data), 0)


def _parse(data: bytes) -> Any:
    # Counting first bounds what parsing can allocate: every array and every element costs one of these bytes.
    if data.count(b"[") + data.count(b",") > 6 * MAX_NODES:
        raise DecodeError("too many parts")
    try:
        return json.loads(
            data.decode("ascii"),
            parse_float=_refuse,
            parse_int=_refuse,
            parse_constant=_refuse,
            object_pairs_hook=_refuse,
        )
    except (UnicodeDecodeError, json.JSONDecodeError, RecursionError) as error:
        raise DecodeError(f"not a value: {type(error).__name__}") from None


def _refuse(_found: object) -> NoReturn:
    raise DecodeError("numbers and objects are not allowed")


class _Decoder:
    """Rebuilds one value from a parsed tree, checking each node against what its tag allows."""

    def __init__(self, *, rebuild: bool) -> None:
        self.rebuild = rebuild
        self.nodes = 0

    def value(self, tree: Any, depth: int) -> Any:
        self.nodes += 1
        if self.nodes > MAX_NODES:
            raise DecodeError("too many parts")
        if depth > MAX_DEPTH:
            raise DecodeError("nested too deep")
        if tree is None or type(tree) in (bool, str):
            return tree
        if type(tree) is not list or not tree or type(tree[0]) is not str:
            raise DecodeError("not a tagged value")
        tag, *rest = tree
        read = _READERS.get(tag)
        if read is None:
            raise DecodeError("unknown tag")
        return read(self, rest, depth)

    def items(self, rest: list[Any], depth: int) -> Iterator[Any]:
        return (self.value(item, depth + 1) for item in rest)


def _texts(rest: list[Any], count: int) -> list[str]:
    if len(rest) != count or any(type(item) is not str for item in rest):
        raise DecodeError("wrong fields")
    return rest


def _read_int(_decoder: _Decoder, rest: list[Any], _depth: int) -> int:
    (text,) = _texts(rest, 1)
    if not _HEX_INT.fullmatch(text):
        raise DecodeError("not an integer")
    return int(text, 16)


def _float(text: str) -> float:
    if not _HEX_FLOAT.fullmatch(text):
        raise DecodeError("not a float")
    try:
        return float(text) if text.endswith(("nan", "inf")) else float.fromhex(text)
    except OverflowError:
        raise DecodeError("float out of range") from None


def _read_float(_decoder: _Decoder, rest: list[Any], _depth: int) -> float:
    return _float(_texts(rest, 1)[0])


def _read_complex(_decoder: _Decoder, rest: list[Any], _depth: int) -> complex:
    real, imag = _texts(rest, 2)
    return complex(_float(real), _float(imag))


def _raw(text: str) -> bytes:
    try:
        return binascii.a2b_base64(text, strict_mode=True)
    except (binascii.Error, ValueError):
        raise DecodeError("not base64") from None


def _read_bytes(_decoder: _Decoder, rest: list[Any], _depth: int) -> bytes:
    return _raw(_texts(rest, 1)[0])


def _read_list(decoder: _Decoder, rest: list[Any], depth: int) -> list[Any]:
    return list(decoder.items(rest, depth))


def _read_tuple(decoder: _Decoder, rest: list[Any], depth: int) -> tuple[Any, ...]:
    return tuple(decoder.items(rest, depth))


def _hashable(keys: list[Any]) -> list[Any]:
    """Refuse keys that cannot be hashed, or so many with one hash that a table of them would take ages to build."""
    try:
        crowd = Counter(hash(key) for key in keys)
    except (TypeError, RecursionError):
        raise DecodeError("a key that cannot be hashed") from None
    if crowd and max(crowd.values()) > MAX_EQUAL_HASHES:
        raise DecodeError("too many keys with one hash")
    return keys


def _read_set(decoder: _Decoder, rest: list[Any], depth: int) -> set[Any]:
    items = _hashable(list(decoder.items(rest, depth)))
    found = set(items)
    if len(found) != len(items):
        raise DecodeError("an element twice")
    return found


def _read_frozenset(decoder: _Decoder, rest: list[Any], depth: int) -> frozenset[Any]:
    return frozenset(_read_set(decoder, rest, depth))


def _read_dict(decoder: _Decoder, rest: list[Any], depth: int) -> dict[Any, Any]:
    if len(rest) % 2:
        raise DecodeError("a key without a value")
    parts = list(decoder.items(rest, depth))
    keys = _hashable(parts[::2])
    found = dict(zip(keys, parts[1::2], strict=True))
    if len(found) != len(keys):
        raise DecodeError("a key twice")
    return found


def _checked(dtype_text: str, count: int, text: str) -> Any:
    """Make a flat array whose bytes are exactly what its header says, and valid for its type."""
    if not DTYPE.fullmatch(dtype_text):
        raise DecodeError("a dtype that is not allowed")
    data = _raw(text)
    try:
        import numpy
    except ImportError:
        raise DecodeError("an array, and numpy is not installed here") from None
    dtype = numpy.dtype(dtype_text)
    if dtype.itemsize * count != len(data) or dtype.itemsize == 0:
        raise DecodeError("header and data disagree")
    array = numpy.frombuffer(bytearray(data), dtype=dtype)
    if dtype.kind == "b" and array.view("u1").max(initial=0) > 1:
        raise DecodeError("not booleans")
    if dtype.kind == "U" and array.view(dtype.str[0] + "u4").max(initial=0) > sys.maxunicode:
        raise DecodeError("not text")
    return array


def _read_scalar(_decoder: _Decoder, rest: list[Any], _depth: int) -> Any:
    dtype, text = _texts(rest, 2)
    return _checked(dtype, 1, text)[0]


def _read_array(_decoder: _Decoder, rest: list[Any], _depth: int) -> Any:
    if len(rest) != 3 or type(rest[1]) is not list or len(rest[1]) > MAX_DIMS:
        raise DecodeError("wrong fields")
    dtype, text = _texts([rest[0], rest[2]], 2)
    dims = _texts(rest[1], len(rest[1]))
    if not all(_DIM.fullmatch(dim) for dim in dims):
        raise DecodeError("not a shape")
    shape = tuple(int(dim) for dim in dims)
    try:
        return _checked(dtype, math.prod(shape), text).reshape(shape)
    except ValueError as error:
        raise DecodeError(str(error)) from None


def _read_tagged(decoder: _Decoder, rest: list[Any], depth: int) -> Any:
    if len(rest) != 2 or type(rest[0]) is not str or rest[0] not in KINDS:
        raise DecodeError("wrong fields")
    inner = decoder.value(rest[1], depth + 1)
    if (rest[0] == "tensor") == (type(inner) is dict):
        raise DecodeError("a tag that does not fit its value")
    tagged = Tagged(rest[0], inner)
    return _rebuilt(tagged) if decoder.rebuild else tagged


def _read_opaque(_decoder: _Decoder, rest: list[Any], _depth: int) -> Opaque:
    name, text = _texts(rest, 2)
    return Opaque(name[:MAX_NAME], text[:MAX_REPR])


def _rebuilt(tagged: Tagged) -> Any:
    if tagged.kind == "tensor":
        import torch

        return torch.from_numpy(tagged.value)
    import pandas

    parts = tagged.value
    if tagged.kind == "series":
        return pandas.Series(parts["values"], index=parts["index"], name=parts["name"])
    frame = pandas.DataFrame(dict(enumerate(parts["values"])), index=parts["index"])
    frame.columns = pandas.Index(parts["columns"])
    return frame


_Reader = Callable[[_Decoder, list[Any], int], Any]
_READERS: dict[str, _Reader] = {
    "i": _read_int,
    "f": _read_float,
    "c": _read_complex,
    "b": _read_bytes,
    "l": _read_list,
    "t": _read_tuple,
    "s": _read_set,
    "fs": _read_frozenset,
    "d": _read_dict,
    "n": _read_scalar,
    "a": _read_array,
    "g": _read_tagged,
    "o": _read_opaque,
}
