def cases(rng):
    yield "two numbers", True, ([1, 2],)
    yield "nothing", True, ([],)
    for n in range(6):
        yield f"some {n}", False, ([int(x) for x in rng.integers(1, 50, size=n + 1)],)
