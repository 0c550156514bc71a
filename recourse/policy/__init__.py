"""Law and the bank's strategy as dated, cited data: the packs, their check, and the policy of one day."""
