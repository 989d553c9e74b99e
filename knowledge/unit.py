"""Vectors of length one, which a product makes cosines of."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt


def unit(vectors: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
    """Scale vectors to length one along the last axis, float32; zeros stay zeros."""
    length = np.linalg.norm(vectors, axis=-1, keepdims=True)
    return np.asarray(vectors / np.maximum(length, 1e-12), dtype=np.float32)
