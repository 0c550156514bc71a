"""The shipped policy packs: rules as dated, cited data, and no code. See README.md here."""
