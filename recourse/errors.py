"""Errors that a person caused and a person can mend: one line, exit code 2, nothing half-written."""

from __future__ import annotations


class UserError(Exception):
    """What is wrong, where it is, and the mend, each a short phrase.

    The command line prints ``str(error)`` on one line and exits with 2. Anything else that escapes is a defect of ours
    and keeps its traceback.
    """

    def __init__(self, what: str, *, where: str = "", mend: str = "") -> None:
        self.what, self.where, self.mend = what, where, mend
        super().__init__(what, where, mend)

    def __str__(self) -> str:
        place = f" ({self.where})" if self.where else ""
        mend = f": {self.mend}" if self.mend else ""
        return " ".join(f"{self.what}{place}{mend}".split())
