def learn_merges(counts: dict[str, int], n: int) -> tuple[list[tuple[str, str]], dict[str, list[str]]]:
    """The pairs that were joined, in order, and how each word is split after the last one."""
    merges: list[tuple[str, str]] = []
    pieces = {word: list(word) for word in counts}
    return merges, pieces
