"""Run one notebook, make its offline page, keep its metrics, show them all on one index."""
