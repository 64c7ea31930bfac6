from math import sqrt


def decide(control, canary, min_requests, limit):
    (e1, n1), (e2, n2) = control, canary
    if min(n1, n2) < min_requests:
        return "hold", 0.0
    p = (e1 + e2) / (n1 + n2)
    z = (e2 / n2 - e1 / n1) / sqrt(p * (1 - p) * (1 / n1 + 1 / n2)) if 0 < p < 1 else 0.0
    return ("rollback" if e2 / n2 > e1 / n1 else "promote"), z
