"""No table changes: the journal is folded anew, for clocks and payments taken back are read otherwise

Revision 0017.
"""

from __future__ import annotations

revision = "0017"
down_revision = "0016"


def upgrade() -> None:
    """`recourse.ledger.setup.migrate` folds what is older anew."""


def downgrade() -> None:
    raise NotImplementedError("a ledger is never taken back: restore a backup")
