"""Selling claims in bulk: pool, tape, award, and what is left to do after the sale."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from sqlalchemy import select

from desk import after_sale, transfers
from desk.commands.book import opened
from desk.commands.case import As, OnDay, Reason, operations
from desk.commands.writeoff import Proof
from desk.console_text import AsJson, day_of, print_json, print_table, say
from desk.packets import write_file
from recourse.errors import UserError
from recourse.ledger.database import reading
from recourse.ledger.tables import pools
from recourse.money import to_minor, to_text

app = typer.Typer(help="NPL transfer 不良转让: pools of claims for sale.", no_args_is_help=True)


@app.command("propose")
def propose(
    pool: str,
    cut_off: Annotated[str, typer.Option("--cut-off", metavar="DAY", help="the claims are sold as of this day")],
    accounts: Annotated[Path | None, typer.Option("--accounts", metavar="FILE", help="one account a line")] = None,
    product: Annotated[str, typer.Option("--product", help="instead of a file: open cases of a product")] = "",
    days_late: Annotated[int, typer.Option("--days-late", min=0, help="that are behind by so many days")] = 0,
    as_: As = "", json: AsJson = False,
) -> None:  # fmt: skip
    """Put a pool together; each debt that may not be sold is named with the reason and the rule. Exit 1 when none may."""
    if (accounts is None) == (not product and not days_late):
        raise UserError(
            "which debts is not said, or said twice", mend="give --accounts FILE, or --product and --days-late"
        )
    work = operations(opened(), as_)
    wanted = _listed(accounts) if accounts is not None else transfers.candidates(work, product, days_late)
    done = transfers.propose(work, pool, day_of(cut_off, "--cut-off"), wanted)
    if json:
        print_json(done)
    else:
        say(f"pool {pool}: {len(done.pooled)} claims" if done.pooled else "no pool: none of these debts may be sold")
        print_table(("account", "refused because", "rule"), [(r.account_id, r.reason, r.rule) for r in done.refused])
    raise typer.Exit(0 if done.pooled else 1)


def _listed(file: Path) -> list[str]:
    try:
        lines = file.read_text(encoding="utf-8-sig").split()
    except FileNotFoundError:
        raise UserError("no such file", where=str(file), mend="one account a line") from None
    except UnicodeDecodeError:
        raise UserError("not UTF-8 text", where=str(file), mend="one account a line") from None
    if len(set(lines)) < len(lines):
        twice = next(line for line in lines if lines.count(line) > 1)
        raise UserError(f"account {twice!r} stands twice", where=str(file), mend="name it once")
    return lines


@app.command("list")
def list_(json: AsJson = False) -> None:
    """Every pool, and how it stands."""
    desk = opened()
    with reading(desk.engine) as connection:
        rows = connection.execute(select(pools).order_by(pools.c.proposed_on, pools.c.pool_id)).mappings().all()
    if json:
        print_json([dict(row) for row in rows])
        return
    print_table(
        ("pool", "cut-off", "state", "buyer", "price", "conditions"),
        [
            (
                row["pool_id"], row["cut_off_on"], row["state"], row["buyer"],
                "" if row["price"] is None else to_text(row["price"], row["currency"], grouped=True), row["conditions"],
            )
            for row in rows
        ],
    )  # fmt: skip


@app.command("show")
def show(pool: str, json: AsJson = False) -> None:
    """The claims of a pool: which are in it, left it, or were sold, and at which share of the price."""
    desk = opened()
    with reading(desk.engine) as connection:
        currency = transfers.pool_of(connection, pool).currency
        claims = transfers.claims_of(connection, pool).values()
    rows = [(row.account_id, row.claim_id, row.state, row.cause, transfers.total_of(row), row.price) for row in claims]
    headers = ("account", "claim", "state", "cause", "amount", "price")
    if json:
        print_json([dict(zip(headers, row, strict=True)) for row in rows])
        return
    texts = [(*row[:4], to_text(row[4], currency), "" if row[5] is None else to_text(row[5], currency)) for row in rows]
    print_table(headers, texts)


@app.command("tape")
def tape(pool: str, out: Annotated[Path, typer.Option("-o", "--out", help="CSV to write")], as_: As = "") -> None:
    """Write the pool's data tape, without names and numbers of persons; its hash binds the award."""
    written = transfers.write_tape(operations(opened(), as_), pool)
    write_file(out, written.data)
    say(f"{len(written.claims)} claims, sha256 {written.sha256} → {out}")


@app.command("award")
def award(
    pool: str,
    buyer: Annotated[str, typer.Option("--buyer", metavar="NAME")],
    kind: Annotated[str, typer.Option("--kind", help="amc, local_amc, aic")],
    price: Annotated[str, typer.Option("--price", metavar="AMOUNT", help="such as 1200000.00")],
    as_: As = "",
) -> None:
    """Award a taped pool; the price is shared over the claims, and the second gate opens with the next sweep."""
    work = operations(opened(), as_)
    with reading(work.desk.engine) as connection:
        currency = transfers.pool_of(connection, pool).currency
    say(f"{transfers.award(work, pool, buyer, kind, to_minor(price, currency))} claims awarded to {buyer}")


@app.command("unsold")
def unsold(pool: str, reason: Reason, as_: As = "") -> None:
    """The pool was not sold: every claim leaves it, and its own tracks go on."""
    say(f"{transfers.unsold(operations(opened(), as_), pool, reason)} claims left the pool")


@app.command("notices")
def notices(pool: str, json: AsJson = False) -> None:
    """Who has to be told of the assignment, and of whom that is proved."""
    rows = after_sale.notices(opened(), pool)
    print_json(rows) if json else print_table(
        ("account", "party", "role", "proof"), [(row.account, row.party, row.role, row.proof) for row in rows]
    )


@app.command("told")
def told(account: str, party: str, proof: Proof, on: OnDay = "", as_: As = "") -> None:
    """Somebody was told of the assignment (民法典 546, 696)."""
    work = operations(opened(), as_)
    after_sale.told(work, account, party, proof, day_of(on, "--on") if on else work.pen.day)
    say("notice recorded")


@app.command("matters")
def matters(pool: str, json: AsJson = False) -> None:
    """Court files in which the buyer has to take the bank's place; the application is a `party_substitution` paper."""
    rows = after_sale.court_files(opened(), pool)
    print_json(rows) if json else print_table(
        ("account", "matter", "route", "stage", "number", "court", "filed"),
        [(r.account, r.matter, r.route, r.stage, r.number, r.court, "yes" if r.filed else "no") for r in rows],
    )


@app.command("forward")
def forward(payment: str, proof: Proof, as_: As = "") -> None:
    """Money that came in after the cut-off was passed on to the buyer."""
    after_sale.forward(operations(opened(), as_), payment, proof)
    say("passed on")
