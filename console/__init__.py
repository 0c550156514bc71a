"""The web console. It reads through `desk` and writes only through the same functions as the command line."""
