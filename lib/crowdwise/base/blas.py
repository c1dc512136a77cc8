"""One thread for linear algebra: sums come out in the same order, and so the same bits, on any machine's threads."""

from __future__ import annotations

from functools import cache
from typing import Any

import scipy.linalg  # noqa: F401 - loaded before BLAS is limited: a library that is loaded later escapes the limit
from threadpoolctl import ThreadpoolController


def one_thread() -> Any:
    """Hold BLAS to one thread, as a context; on leaving, the threads are as before.

    Which libraries are loaded is looked up once, so entering costs some microseconds.
    """
    return _controller().limit(limits=1, user_api="blas")


@cache
def _controller() -> ThreadpoolController:
    return ThreadpoolController()
