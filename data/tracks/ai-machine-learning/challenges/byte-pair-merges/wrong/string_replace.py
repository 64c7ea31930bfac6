from collections import Counter


def learn_merges(counts, n):
    merges, texts = [], {word: " ".join(word) for word in counts}
    for _ in range(n):
        pairs = Counter()
        for word, text in texts.items():
            symbols = text.split()
            for pair in zip(symbols, symbols[1:]):
                pairs[pair] += counts[word]
        if not pairs:
            break
        best = min(pairs, key=lambda pair: (-pairs[pair], pair))
        merges.append(best)
        texts = {word: text.replace(" ".join(best), "".join(best)) for word, text in texts.items()}
    return merges, {word: text.split() for word, text in texts.items()}
