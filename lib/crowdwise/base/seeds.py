"""One root seed; every use derives its own from a name."""

from __future__ import annotations

import hashlib

import numpy as np


def derive(root: int, *names: str | int) -> int:
    """Give a seed in [0, 2**32) that depends on the root seed and the names of its use.

    Adding a use, or reordering uses, never changes the numbers another use sees.
    """
    text = "\x1f".join([str(root), *map(str, names)])
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:4], "big")


def generator(root: int, *names: str | int) -> np.random.Generator:
    """Give a NumPy generator (PCG64) for one named use of the root seed."""
    return np.random.default_rng(derive(root, *names))
