from collections import Counter

Pair = tuple[str, str]


def learn_merges(counts: dict[str, int], n: int) -> tuple[list[Pair], dict[str, list[str]]]:
    """The pairs that were joined, in order, and how each word is split after the last one."""
    merges: list[Pair] = []
    pieces = {word: list(word) for word in counts}
    for _ in range(n):
        pairs = count_pairs(pieces, counts)
        if not pairs:
            break
        best = min(pairs, key=lambda pair: (-pairs[pair], pair))
        merges.append(best)
        pieces = {word: join(symbols, best) for word, symbols in pieces.items()}
    return merges, pieces


def count_pairs(pieces: dict[str, list[str]], counts: dict[str, int]) -> Counter[Pair]:
    """How often each pair of neighbours occurs in the corpus."""
    pairs: Counter[Pair] = Counter()
    for word, symbols in pieces.items():
        for pair in zip(symbols, symbols[1:]):
            pairs[pair] += counts[word]
    return pairs


def join(symbols: list[str], pair: Pair) -> list[str]:
    """The symbols with every non-overlapping occurrence of the pair joined, from the left."""
    joined: list[str] = []
    i = 0
    while i < len(symbols):
        step = 2 if tuple(symbols[i : i + 2]) == pair else 1
        joined.append("".join(symbols[i : i + step]))
        i += step
    return joined
