"""The texts of letters, notices and filings. A package without code, so that an installed wheel can find its files."""
