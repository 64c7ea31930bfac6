from math import sqrt


def decide(control, canary, min_requests, limit):
    (e1, n1), (e2, n2) = control, canary
    if min(n1, n2) < min_requests:
        return "hold", 0.0
    p1, p2 = e1 / n1, e2 / n2
    error = sqrt(p1 * (1 - p1) / n1 + p2 * (1 - p2) / n2)
    z = (p2 - p1) / error if error else 0.0
    return ("rollback" if z >= limit else "promote"), z
