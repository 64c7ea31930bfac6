"""Owns the typed, size-capped text that carries values across the box's wall, in both directions.

The same file runs inside the box and outside it. It knows nothing of jobs or verdicts, and never unpickles.

A value is JSON made of arrays, strings, booleans and null only: no JSON number and no JSON object ever appears.
`null`, `true`, `false` and strings stand for themselves; everything else is an array that starts with its tag:

    ["i", hex]  ["f", hex | "nan" | "inf" | "-inf"]  ["c", f, f]  ["b", base64]
    ["l", v…]  ["t", v…]  ["s", v…]  ["fs", v…]  ["d", k, v, k, v…]
    ["n", dtype, base64]                  a numpy scalar
    ["a", dtype, [dim…], base64]          a numpy array, C order
    ["g", kind, v]                        Tagged: "tensor" (array), "series" and "frame" (dict of columns and index)
    ["o", type name, repr]                Opaque: shown to people, never equal to anything

Subclasses are carried as their base: a float subclass arrives as a float, a named tuple as a tuple, a masked array or
matrix as a plain array. Methods that a subclass may have overridden are not called.
Decoding gives numpy arrays and numpy scalars, so it needs numpy only when one is there.
"""
from __future__ import annotations

from .decoding import decode
from .encoding import encode
from .kinds import DecodeError, EncodeError, Opaque, Tagged, untag

__all__ = ["DecodeError", "EncodeError", "Opaque", "Tagged", "decode", "encode", "untag"]
