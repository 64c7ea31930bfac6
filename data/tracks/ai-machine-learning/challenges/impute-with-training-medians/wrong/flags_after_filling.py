import numpy as np


def impute(train, new):
    medians = np.nan_to_num(np.nanmedian(train, axis=0))
    filled = new.copy()
    for column, median in enumerate(medians):
        filled[np.isnan(filled[:, column]), column] = median
    return filled, np.isnan(filled)
