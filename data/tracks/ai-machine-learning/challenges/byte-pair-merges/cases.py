"""Small corpora over random letters; runs of one letter, ties and suffix traps are built in rather than hoped for."""
import numpy as np

LETTERS = "abcdefghijklmnopqrstuvwxyz"


def cases(rng: np.random.Generator):
    """Yield (name, visible, args)."""
    yield "low, lower, wow", True, ({"low": 5, "lower": 2, "wow": 1}, 2)
    yield "a run of one letter", True, ({"aaaaa": 1, "ba": 1}, 3)
    for size, n in ((6, 4), (12, 10)):
        yield f"random corpus, {n} merges", False, (corpus(rng, size, "abcd"), n)
    yield "no merges asked for", False, (corpus(rng, 3, "xyz"), 0)
    yield "until nothing is left", False, (corpus(rng, 4, "ab"), 500)
    yield "single letters only", False, ({letter: int(rng.integers(1, 9)) for letter in letters(rng, 4)}, 3)
    yield "every pair equally frequent", False, ({"".join(letters(rng, 7)): 3, "".join(letters(rng, 5)).upper(): 3}, 4)
    a, b, x, y = letters(rng, 4)
    # (x, a) is joined first; then (a, b) is chosen while the symbol "xa" stands before a b elsewhere
    yield "a symbol that ends like another", False, ({x + a: 50, a + b: 20, x + a + b: 3, y + a + b: 1}, 2)
    often = int(rng.integers(4, 9))  # a run of three holds its pair twice; counted once, the other word would win
    yield "a run holds its pair twice", False, ({a * 3: often, x + y: int(rng.integers(often + 1, 2 * often))}, 1)
    low, high = sorted((b, y))  # once (a, low) is joined, (a, high) sorts before (a + low, x) as a pair, but not as a text
    yield "a tie after a merge", False, ({a + low: 50, a + high: often, a + low + x: often}, 2)
    rare = {"".join((a, b, other)): 1 for other in letters(rng, 9) if other not in {a, b, x, y}}
    yield "one frequent word against many rare ones", False, ({**rare, x + y: 40}, 1)
    runs = zip(rng.permutation([2, 3, 5, 6, 7]), rng.integers(1, 9, size=5))
    yield "runs of several lengths", False, ({a * int(length): int(count) for length, count in runs}, 3)


def letters(rng, n):
    """n different letters."""
    return [LETTERS[i] for i in rng.permutation(26)[:n]]


def corpus(rng, size, alphabet):
    """Random words over a small alphabet with random counts."""
    words = {"".join(rng.choice(list(alphabet), size=rng.integers(2, 8))): int(rng.integers(1, 20)) for _ in range(size)}
    return {str(word): count for word, count in words.items()}
