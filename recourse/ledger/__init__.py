"""The ledger: what was done, decided and learned, and the personal data kept apart from it."""
