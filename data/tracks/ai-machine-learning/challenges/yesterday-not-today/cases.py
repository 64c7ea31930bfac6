"""Makes sales of shops that lie far apart, so that a number from the wrong shop or the wrong day shows at once."""
import numpy as np


def history(rng: np.random.Generator, days: list[int], order: str = "mixed") -> tuple:
    """Sales of one shop per entry of `days`, each with that many recorded days among gaps."""
    shop = np.repeat(rng.choice(np.arange(1, 90), size=len(days), replace=False), days)
    day = np.concatenate([np.sort(rng.choice(np.arange(1, 400), size=n, replace=False)) for n in days])
    sold = np.round(rng.gamma(4, 20, size=len(day)) + shop * 1000.0, 1)
    rows = {"mixed": rng.permutation(len(day)), "shop by shop": np.arange(len(day)), "latest first": np.argsort(-day)}[order]
    index = rng.choice(np.arange(1000, 5000), size=len(day), replace=False).tolist()
    return shop[rows], day[rows], sold[rows], index


def cases(rng: np.random.Generator):
    yield "the example", True, (np.array([1, 1, 2, 1]), np.array([3, 1, 2, 2]), np.array([30.0, 10.0, 70.0, 20.0]), [10, 11, 12, 13])
    yield "two shops, four days each", True, (
        np.array([5, 5, 5, 5, 6, 6, 6, 6]), np.array([1, 2, 3, 4, 1, 2, 3, 4]),
        np.array([1.0, 2.0, 3.0, 9.0, 100.0, 200.0, 300.0, 900.0]), [0, 1, 2, 3, 4, 5, 6, 7])
    yield "many shops, mixed rows", False, history(rng, [9, 6, 12, 4, 7])
    yield "shop by shop", False, history(rng, [8, 8, 8], "shop by shop")
    yield "latest day first", False, history(rng, [10, 5, 7], "latest first")
    yield "one shop", False, history(rng, [15])
    yield "a shop with a single day", False, history(rng, [1, 6, 1, 9])
    yield "first days only", False, history(rng, [1, 1, 1, 1])
    shop, day, sold, index = history(rng, [12, 12])
    yield "a spike on the last day", False, (shop, day, np.where(day == day.max(), 1e6, sold), index)


def check(args, returned, reference):
    """Name the row where a new column first differs."""
    if isinstance(returned, str):
        return returned + "."
    if not isinstance(returned, dict):
        return "Return a DataFrame."
    if (returned.get("sales"), returned.get("kinds")) != (reference["sales"], reference["kinds"]):
        return "You changed `sales` itself: work on a copy, or use `assign`."
    mine, right = returned["returned"], reference["returned"]
    if mine["index"] != right["index"]:
        return "The rows should keep their order and their index."
    if set(mine["columns"]) != set(right["columns"]):
        return f"Your table has the columns {', '.join(mine['columns'])}; it should have {', '.join(right['columns'])}."
    for name, numbers in right["columns"].items():
        column, numbers = np.array(mine["columns"][name], dtype=float), np.array(numbers)
        apart = ~np.isclose(column, numbers, rtol=1e-9, atol=1e-9, equal_nan=True)
        if apart.any():
            row = int(np.argmax(apart))
            return f"Shop {args[0][row]}, day {args[1][row]}: `{name}` should be {numbers[row]:.6g}, yours is {column[row]:.6g}."
    return None
