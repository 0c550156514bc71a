"""The demo: a made-up town and bank, played to write-offs."""

from __future__ import annotations

from typing import Annotated

import typer


def register(app: typer.Typer) -> None:
    """Put the command on the command line."""
    app.command("demo")(demo)


def demo(
    accounts: Annotated[int, typer.Option("--accounts", min=20, help="accounts in the book")] = 1000,
    days: Annotated[int, typer.Option("--days", min=1, help="business days to play")] = 420,
    seed: Annotated[int, typer.Option("--seed", help="another seed is another town")] = 20241104,
    folder: Annotated[str, typer.Option("--folder", help="where the demo's ledger goes")] = "var/demo",
) -> None:
    """Play a synthetic bank of 1,000 accounts over 420 business days, then show the figures."""
    from desk.demo import START, play_demo  # heavy, and nothing else needs it

    play_demo(accounts, days, seed, folder, START)
