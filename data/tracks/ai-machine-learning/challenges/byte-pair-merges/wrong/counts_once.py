from collections import Counter


def learn_merges(counts, n):
    pieces = {word: list(word) for word in counts}
    pairs = Counter()
    for word, symbols in pieces.items():
        for pair in zip(symbols, symbols[1:]):
            pairs[pair] += counts[word]
    merges = sorted(pairs, key=lambda pair: (-pairs[pair], pair))[:n]
    for best in merges:
        for word, symbols in pieces.items():
            joined, i = [], 0
            while i < len(symbols):
                step = 2 if tuple(symbols[i : i + 2]) == best else 1
                joined.append("".join(symbols[i : i + step]))
                i += step
            pieces[word] = joined
    return merges, pieces
