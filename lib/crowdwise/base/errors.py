"""The one error a user is meant to read."""

from __future__ import annotations

import copyreg
from pathlib import Path
from typing import Any


class Problem(Exception):
    """Something a user can mend: what is wrong, where, and what to do about it.

    Parameters
    ----------
    what : str
        What is wrong, with the offending value, without a full stop.
    where : str or Path, optional
        The file, line, URL or parameter it was found in.
    remedy : str, optional
        What to do, as a sentence without a full stop.
    """

    def __init__(self, what: str, *, where: str | Path = "", remedy: str = "") -> None:
        self.what, self.where, self.remedy = what, str(where), remedy
        super().__init__(what, str(where), remedy)

    def __reduce__(self) -> tuple[Any, ...]:
        # Another process may have raised it: pickle would call the class without its keywords.
        return copyreg.__newobj__, (type(self), *self.args), self.__dict__  # type: ignore[attr-defined]

    def __str__(self) -> str:
        start = f"{self.where}: " if self.where else ""
        end = f" {self.remedy}." if self.remedy else ""
        return f"{start}{self.what}.{end}"
