"""Writes a value as capped text without calling a method that its owner may have overridden.

Runs inside the box on what a learner returned, and outside on trusted arguments.
"""
from __future__ import annotations

import binascii
import json
import math
import sys
from collections.abc import Iterable
from typing import Any

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
    EncodeError,
    Opaque,
    Tagged,
)


def encode(value: object, *, max_bytes: int = MAX_BYTES) -> bytes:
    """Write a value as text.

    Raises:
        EncodeError: when it is larger, deeper or has more parts than allowed.
    """
    encoder = _Encoder(max_bytes)
    tree = encoder.tree(value, 0)
    data = json.dumps(tree, ensure_ascii=True, separators=(",", ":")).encode("ascii")
    if len(data) > max_bytes:
        raise EncodeError(f"the value needs {len(data)} bytes, more than the {max_bytes} allowed")
    return data


def _is_a(mro: tuple[type, ...], base: type) -> bool:
    return any(cls is base for cls in mro)


class _Encoder:
    """Walks one value, spending from its budgets of nodes and bytes before it copies anything."""

    def __init__(self, max_bytes: int) -> None:
        self.max_bytes = max_bytes
        self.left = max_bytes
        self.nodes = 0

    def spend(self, size: int) -> None:
        self.left -= size
        if self.left < 0:
            raise EncodeError(f"the value needs more than the {self.max_bytes} bytes allowed")

    def tree(self, value: Any, depth: int) -> Any:
        self.nodes += 1
        if self.nodes > MAX_NODES:
            raise EncodeError(f"the value has more than {MAX_NODES} parts")
        if depth > MAX_DEPTH:
            raise EncodeError(f"the value is nested more than {MAX_DEPTH} levels deep, or contains itself")
        self.spend(1)
        if value is None or value is True or value is False:
            return value
        kind = type(value)
        if kind is float:
            return ["f", _float_text(value)]
        if kind is int:
            return self._int(value)
        mro = type.__dict__["__mro__"].__get__(kind)
        if kind is list or kind is tuple or kind is str:
            return self._container(value, mro, depth) or self._scalar(value, mro, depth)
        for find in (self._foreign, self._scalar, self._container):
            found = find(value, mro, depth)
            if found is not None:
                return found
        return self._opaque(value)

    def _scalar(self, value: Any, mro: tuple[type, ...], _depth: int) -> Any:
        if _is_a(mro, int):
            return self._int(int.__int__(value))
        if _is_a(mro, float):
            return ["f", _float_text(float.__float__(value))]
        if _is_a(mro, complex):
            plain = complex.__pos__(value)
            return ["c", _float_text(plain.real), _float_text(plain.imag)]
        if _is_a(mro, str):
            self.spend(str.__len__(value))
            return str.__str__(value)
        if _is_a(mro, bytes):
            return ["b", self._base64(bytes.__getitem__(value, slice(None)))]
        if _is_a(mro, bytearray):
            return ["b", self._base64(bytes(bytearray.__getitem__(value, slice(None))))]
        return None

    def _int(self, value: int) -> list[str]:
        if value.bit_length() > 4 * MAX_INT_HEX:
            raise EncodeError(f"an integer of {value.bit_length()} bits is too long")
        return ["i", format(value, "x")]

    def _base64(self, data: bytes) -> str:
        self.spend(len(data) * 4 // 3)
        return binascii.b2a_base64(data, newline=False).decode("ascii")

    def _container(self, value: Any, mro: tuple[type, ...], depth: int) -> Any:
        if _is_a(mro, list):
            return self._items("l", list.__getitem__(value, slice(None)), depth)
        if _is_a(mro, tuple):
            return self._items("t", tuple.__getitem__(value, slice(None)), depth)
        if _is_a(mro, dict):
            return self._items("d", [part for pair in list(dict.items(value)) for part in pair], depth)
        if _is_a(mro, set):
            return self._items("s", list(set.__iter__(value)), depth)
        if _is_a(mro, frozenset):
            return self._items("fs", list(frozenset.__iter__(value)), depth)
        if type(value) is Tagged and value.kind in KINDS:
            return ["g", value.kind, self.tree(value.value, depth + 1)]
        return None

    def _items(self, tag: str, items: Iterable[Any], depth: int) -> list[Any]:
        return [tag, *(self.tree(item, depth + 1) for item in items)]

    def _foreign(self, value: Any, mro: tuple[type, ...], depth: int) -> Any:
        numpy = sys.modules.get("numpy")
        if numpy is not None and _is_a(mro, numpy.generic):
            return self._array(numpy, numpy.asarray(value), scalar=True)
        if numpy is not None and _is_a(mro, numpy.ndarray):
            return self._array(numpy, numpy.ndarray.view(value, numpy.ndarray), scalar=False)
        torch = sys.modules.get("torch")
        if torch is not None and _is_a(mro, torch.Tensor):
            array = self._array(numpy, _from_tensor(torch, value), scalar=False)
            return None if array is None else ["g", "tensor", array]
        pandas = sys.modules.get("pandas")
        if pandas is not None and _is_a(mro, pandas.DataFrame):
            return ["g", "frame", self.tree(_from_frame(value), depth + 1)]
        if pandas is not None and _is_a(mro, pandas.Series):
            return ["g", "series", self.tree(_from_series(value), depth + 1)]
        return None

    def _array(self, numpy: Any, array: Any, *, scalar: bool) -> list[Any] | None:
        dtype = array.dtype.str
        if not DTYPE.fullmatch(dtype) or array.ndim > MAX_DIMS:
            return None
        self.spend(array.nbytes * 4 // 3)
        text = binascii.b2a_base64(numpy.ndarray.tobytes(array), newline=False).decode("ascii")
        return ["n", dtype, text] if scalar else ["a", dtype, [str(n) for n in array.shape], text]

    def _opaque(self, value: object) -> list[str]:
        if type(value) is Opaque:
            return ["o", value.type_name, value.text]
        return ["o", str(type.__dict__["__qualname__"].__get__(type(value)))[:MAX_NAME], _safe_repr(value)]


def _float_text(value: float) -> str:
    return value.hex() if math.isfinite(value) else repr(value)


def _safe_repr(value: object) -> str:
    try:
        text = repr(value)
        return str.__getitem__(text, slice(MAX_REPR))
    except BaseException as error:  # inside the box, a learner's __repr__ may raise anything
        return f"<repr raised {type(error).__name__}>"[:MAX_REPR]


def _from_tensor(torch: Any, value: Any) -> Any:
    with torch._C.DisableTorchFunctionSubclass():
        plain = torch.Tensor.detach(value).cpu().resolve_conj().resolve_neg()
        if plain.layout is not torch.strided:
            plain = plain.to_dense()
        if plain.dtype is torch.bfloat16:
            plain = plain.float()
        return plain.numpy()


def _from_series(value: Any) -> dict[str, Any]:
    return {"name": value.name, "values": _column(value), "index": _column(value.index)}


def _from_frame(value: Any) -> dict[str, Any]:
    names = [name if isinstance(name, tuple) else _plain(name) for name in value.columns]
    columns = [_column(value.iloc[:, at]) for at in range(len(names))]
    return {"columns": names, "values": columns, "index": _column(value.index)}


def _column(column: Any) -> Any:
    """Give a numeric column as an array and any other as a list, dates as ISO text, missing text as None."""
    array = column.to_numpy()
    if DTYPE.fullmatch(array.dtype.str):
        return array
    return [_plain(item) for item in column.tolist()]


def _plain(item: Any) -> Any:
    if item is None or type(item).__name__ in ("NAType", "NaTType") or (isinstance(item, float) and item != item):
        return None
    return item.isoformat() if hasattr(item, "isoformat") else item
