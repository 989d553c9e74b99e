"""Whether answers got worse: golden questions asked of the old index and of the new one."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

POINT = 0.01
"""A smaller drop of the mean score is no reason to keep the old index."""
SIGNIFICANT = 0.05
FLIPS = 10_000


def why_not(before: Sequence[float], after: Sequence[float]) -> str | None:
    """Say why the old index should stay; None if the new one is as good.

    Scores are 0 to 1, one a question, in the same order. Kept is the old one if
    the mean falls by more than one point, by more than one question's worth, and
    so large a fall would come by chance in less than one of twenty cases (a
    sign-flip test of the paired differences, 10,000 flips, fixed seed).
    """
    differences = np.asarray(after, dtype=np.float64) - np.asarray(before, dtype=np.float64)
    drop = -float(differences.mean()) if len(differences) else 0.0
    if drop <= POINT or drop * len(differences) <= 1.0:
        return None
    signs = np.random.default_rng(0).choice([-1.0, 1.0], size=(FLIPS, len(differences)))
    by_chance = float(np.mean(-(signs * differences).mean(axis=1) >= drop - 1e-12))
    if by_chance >= SIGNIFICANT:
        return None
    return (
        f"answers to the golden questions got worse by {drop * 100:.1f} points "
        f"(p = {by_chance:.3f}), so the old index stays"
    )
