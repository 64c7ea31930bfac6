"""Lengths that fit exactly, fall short by one or run over by one, and settings that must be refused."""
import numpy as np

WORDS = "the a cat dog sat ran on under mat tree and then it was gone again before dawn".split()


def cases(rng: np.random.Generator):
    """Yield (name, visible, args)."""
    yield "six tokens, one repeated", True, (list("abcdef"), 4, 1)
    yield "the second chunk ends exactly", True, (list("abcdefg"), 4, 1)
    yield "overlap as large as size", True, (list("abc"), 2, 2)
    for ordinal in ("first", "second", "third"):
        size = int(rng.integers(3, 9))
        overlap = int(rng.integers(1, size))
        yield f"random text, {ordinal}", False, (text(rng, int(rng.integers(20, 40))), size, overlap)
    size, overlap, more = (int(v) for v in (rng.integers(4, 8), rng.integers(1, 4), rng.integers(2, 5)))
    fit = size + more * (size - overlap)
    for label, n in (("exact fit", fit), ("one token over", fit + 1), ("one token short", fit - 1)):
        yield label, False, (text(rng, n), size, overlap)
    yield "no overlap", False, (text(rng, int(rng.integers(11, 30))), 5, 0)
    yield "all but one repeated", False, (text(rng, 9), 4, 3)
    yield "shorter than one chunk", False, (text(rng, int(rng.integers(2, 6))), 9, int(rng.integers(6, 9)))
    yield "shorter than the overlap, one token", False, (text(rng, 1), 6, 3)
    yield "no tokens", False, ([], 3, 1)
    yield "no tokens, bad settings", False, ([], 3, 3)
    yield "negative overlap", False, (text(rng, 6), 3, -1)
    yield "size zero", False, (text(rng, 6), 0, 0)
    yield "size one", False, (text(rng, int(rng.integers(3, 7))), 1, 0)
    yield "overlap larger than size", False, (text(rng, 8), 2, int(rng.integers(3, 6)))


def text(rng, n):
    """n random words."""
    return [WORDS[i] for i in rng.integers(0, len(WORDS), size=n)]
