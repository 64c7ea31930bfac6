def cases(rng):
    yield "two numbers", True, ([2, 1],)
    yield "equals", True, ([3, 1, 3],)
    for n in range(6):
        yield f"some {n}", False, ([int(x) for x in rng.integers(1, 5, size=n + 6)],)
