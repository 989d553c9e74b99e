"""How sure a measured share is: Wilson's interval, a bootstrap, the exact sign test."""

from __future__ import annotations

import math
import random
from collections.abc import Sequence
from dataclasses import dataclass

Z95 = 1.959964
RESAMPLES = 2000
SEED = 20_261_124


@dataclass(frozen=True, slots=True)
class Share:
    """A share or a mean with its 95 % interval, of `count` questions."""

    value: float
    low: float
    high: float
    count: int


def wilson(hits: int, count: int) -> Share:
    """Return a proportion with Wilson's score interval (JASA 1927). `count` must be positive."""
    p = hits / count
    centre = p + Z95**2 / (2 * count)
    spread = Z95 * math.sqrt(p * (1 - p) / count + Z95**2 / (4 * count**2))
    scale = 1 + Z95**2 / count
    return Share(p, max(0.0, (centre - spread) / scale), min(1.0, (centre + spread) / scale), count)


def mean_interval(values: Sequence[float]) -> Share:
    """Return a mean with its percentile bootstrap interval; the same for the same values."""
    chance = random.Random(SEED)  # resampling, no secret
    mean = sum(values) / len(values)
    means = sorted(
        sum(chance.choices(values, k=len(values))) / len(values) for _ in range(RESAMPLES)
    )
    low, high = means[int(0.025 * RESAMPLES)], means[int(0.975 * RESAMPLES)]
    return Share(mean, low, high, len(values))


def exact_sign_test(worse: int, better: int) -> float:
    """Return the two-sided p of `worse` against `better` when both are equally likely."""
    count = worse + better
    if count == 0:
        return 1.0
    tail: float = sum(math.comb(count, k) for k in range(min(worse, better) + 1)) / 2.0**count
    return min(1.0, 2 * tail)
