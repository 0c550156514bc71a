"""Ledgers for the tests of this folder."""

from __future__ import annotations

from tests.core.ledgers import ledger, postgres_ledger, sqlite_ledger

__all__ = ["ledger", "postgres_ledger", "sqlite_ledger"]
