import pandas as pd


def add_history(sales: pd.DataFrame) -> pd.DataFrame:
    """Add what each shop sold before the day of the row."""
    return sales.assign(lag1=float("nan"), mean3=float("nan"))
