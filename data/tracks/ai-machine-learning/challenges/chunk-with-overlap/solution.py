def chunk(tokens: list[str], size: int, overlap: int) -> list[list[str]]:
    """Chunks of at most `size` tokens, each repeating the last `overlap` tokens of the one before."""
    if not 0 <= overlap < size:
        raise ValueError("overlap must be at least 0 and smaller than size")
    step = size - overlap
    last = max(len(tokens) - overlap, 1)  # a start from here on would hold only repeated tokens
    return [tokens[start : start + size] for start in range(0, last, step)] if tokens else []
