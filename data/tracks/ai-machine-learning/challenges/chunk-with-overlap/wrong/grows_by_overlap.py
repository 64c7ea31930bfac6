def chunk(tokens, size, overlap):
    if not 0 <= overlap < size:
        raise ValueError("overlap must be at least 0 and smaller than size")
    return [tokens[max(0, start - overlap) : start + size] for start in range(0, len(tokens), size)]
