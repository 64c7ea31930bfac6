"""Builds the table of sales and takes the answer apart again."""
import pandas as pd


def drive(learner, shop, day, sold, index):
    """Return the new columns with what they stand beside, and whether the table given was left alone."""
    sales = pd.DataFrame({"shop": shop, "day": day, "sold": sold}, index=index)
    given = sales.copy(deep=True)
    out = learner.add_history(sales)
    if not isinstance(out, pd.DataFrame):
        return f"add_history returned {type(out).__name__}, not a DataFrame"
    kept = {name: out[name].tolist() for name in ("shop", "day", "sold") if name in out}
    added = {name: out[name].to_numpy(dtype=float, na_value=float("nan")) for name in ("lag1", "mean3") if name in out}
    return {"index": out.index.tolist(), **kept, **added, "sales changed": not sales.equals(given)}
