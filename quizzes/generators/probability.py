"""Families about chance and samples: Bayes, binomial, expectation, spread of a mean."""

from __future__ import annotations

import random
from math import comb, exp, sqrt

from quizzes.generators.drawn import Drawn, listed


def bayes_posterior(rng: random.Random) -> Drawn:
    """Chance of being ill after a positive test, by Bayes' rule, as a share from 0 to 1.

    Params: sick (ill people in 1,000), sensitivity (percent of the ill found), false_alarm (percent of the
        healthy flagged)
    Wrong: sensitivity_only (the base rate ignored), not_false_alarm (1 - false alarm), joint (ill and positive,
        not divided)
    """
    sick, hit, alarm = rng.choice((5, 10, 20, 40, 50)), rng.choice((80, 85, 90, 95)), rng.choice((2, 4, 5, 8, 10))
    found, flagged = sick * hit, (1000 - sick) * alarm
    wrong = {"sensitivity_only": hit / 100, "not_false_alarm": 1 - alarm / 100, "joint": found / 100_000}
    return Drawn({"sick": sick, "sensitivity": hit, "false_alarm": alarm}, found / (found + flagged), wrong)


def binomial_probability(rng: random.Random) -> Drawn:
    """Chance of exactly k successes in n tries: C(n, k) p^k (1-p)^(n-k).

    Params: n (tries), k (successes), p (chance of one success)
    Wrong: one_order (without C(n, k)), no_failures (without the (1-p) factor), at_least (k or more)
    """
    n, p = rng.randint(4, 6), rng.choice((0.2, 0.3, 0.4, 0.5))
    k = rng.randint(2, n - 2)
    terms = [comb(n, i) * p**i * (1 - p) ** (n - i) for i in range(n + 1)]
    wrong = {"one_order": terms[k] / comb(n, k), "no_failures": comb(n, k) * p**k, "at_least": sum(terms[k:])}
    return Drawn({"n": n, "k": k, "p": p}, terms[k], wrong)


def poisson_probability(rng: random.Random) -> Drawn:
    """Chance of no event at all when `rate` are expected per hour, over some hours: exp(-rate * hours).

    Params: rate (events expected per hour), hours (how long)
    Wrong: one_hour (the hours ignored), any_event (1 - answer), linear (1 / (1 + rate * hours))
    """
    rate, hours = rng.choice((0.1, 0.2, 0.25, 0.5)), rng.randint(2, 6)
    none = exp(-rate * hours)
    wrong = {"one_hour": exp(-rate), "any_event": 1 - none, "linear": 1 / (1 + rate * hours)}
    return Drawn({"rate": rate, "hours": hours}, none, wrong)


def expected_value(rng: random.Random) -> Drawn:
    """Expected value: the sum of value times probability over three outcomes.

    Params: value_a, value_b, value_c (gains in whole units), chance_a, chance_b, chance_c (percent, summing to 100)
    Wrong: plain_mean (chances ignored), likeliest (the most probable value alone), total (the values added up)
    """
    chance_a, chance_b = rng.choice((50, 60, 70)), rng.choice((10, 15, 20))
    chances = (chance_a, chance_b, 100 - chance_a - chance_b)
    values = (rng.randint(2, 20), rng.randint(20, 60), -rng.randint(10, 50))
    mean = sum(c * v for c, v in zip(chances, values, strict=True)) / 100
    wrong = {"plain_mean": sum(values) / 3, "likeliest": float(values[0]), "total": float(sum(values))}
    names = [f"{kind}_{letter}" for kind in ("value", "chance") for letter in "abc"]
    return Drawn(dict(zip(names, (*values, *chances), strict=True)), mean, wrong)


def standard_error(rng: random.Random) -> Drawn:
    """Standard error of a mean: sd / sqrt(n).

    Params: sd (standard deviation of one value), n (how many values)
    Wrong: spread (sd itself), by_n (sd / n), variance (sd squared / n)
    """
    sd, n = rng.choice((2, 3, 4, 5, 6, 8, 12, 15)), rng.choice((16, 25, 36, 64, 100, 144, 400))
    return Drawn({"sd": sd, "n": n}, sd / sqrt(n), {"spread": float(sd), "by_n": sd / n, "variance": sd * sd / n})


def z_score(rng: random.Random) -> Drawn:
    """Standard score: (x - mean) / sd.

    Params: x (the value), mean (of the training rows), sd (their standard deviation)
    Wrong: by_variance ((x - mean) / sd squared), unscaled (x - mean), flipped (the sign turned round)
    """
    mean, sd = rng.randint(20, 80), rng.choice((2, 4, 5, 8, 10))
    off = rng.choice((-1, 1)) * rng.randint(3, 30)
    wrong = {"by_variance": off / sd**2, "unscaled": float(off), "flipped": -off / sd}
    return Drawn({"x": mean + off, "mean": mean, "sd": sd}, off / sd, wrong)


def correlation(rng: random.Random) -> Drawn:
    """Pearson correlation: covariance / (sd of x times sd of y).

    Params: covariance (of x and y), sd_x (standard deviation of x), sd_y (standard deviation of y)
    Wrong: covariance_only (not scaled), by_variances (divided by both variances), one_sd (divided by one of
        them), squared (r squared)
    """
    sd_x, sd_y = rng.choice((2, 4, 5)), rng.choice((3, 8, 10))
    r = rng.choice((-0.8, -0.6, -0.3, 0.2, 0.4, 0.5, 0.7, 0.9))
    covariance = round(r * sd_x * sd_y, 2)
    scaled = covariance / (sd_x * sd_y)
    wrong = {"covariance_only": covariance, "by_variances": covariance / (sd_x * sd_y) ** 2}
    wrong |= {"one_sd": covariance / sd_x, "squared": scaled**2}
    return Drawn({"covariance": covariance, "sd_x": sd_x, "sd_y": sd_y}, scaled, wrong)


def any_false_positive(rng: random.Random) -> Drawn:
    """Chance of at least one false positive in m independent tests at a level: 1 - (1 - level)^m.

    Params: tests (m), level (chance of a false positive in one test)
    Wrong: one_test (the level itself), added (m times the level), all_tests (every one false: (1 - level)^m)
    """
    tests, level = rng.choice((5, 8, 10, 12, 15, 18)), rng.choice((0.05, 0.1, 0.02))
    none = (1 - level) ** tests
    wrong = {"one_test": level, "added": tests * level, "all_tests": none}
    return Drawn({"tests": tests, "level": level}, 1 - none, wrong)


def sample_variance(rng: random.Random) -> Drawn:
    """Sample variance with n - 1: the sum of squared distances from the mean / (n - 1).

    Params: values (four whole numbers), mean (their mean)
    Wrong: population (divided by n), deviation (its root), total (not divided)
    """
    mean, a, b = rng.randint(6, 20), rng.randint(1, 4), rng.randint(1, 4)
    values = [mean - a - b, mean + a, mean + b, mean]
    total = sum((v - mean) ** 2 for v in values)
    rng.shuffle(values)
    wrong = {"population": total / 4, "deviation": sqrt(total / 3), "total": float(total)}
    return Drawn({"values": listed(values), "mean": mean}, total / 3, wrong)
