from collections import Counter


def learn_merges(counts, n):
    merges, pieces = [], {word: list(word) for word in counts}
    for _ in range(n):
        pairs = Counter(pair for symbols in pieces.values() for pair in zip(symbols, symbols[1:]))
        if not pairs:
            break
        best = min(pairs, key=lambda pair: (-pairs[pair], pair))
        merges.append(best)
        for word, symbols in pieces.items():
            joined, i = [], 0
            while i < len(symbols):
                step = 2 if tuple(symbols[i : i + 2]) == best else 1
                joined.append("".join(symbols[i : i + step]))
                i += step
            pieces[word] = joined
    return merges, pieces
