"""Reports of the tracks beside the suit: the court's sale, guarantors, estates, bankruptcies, crimes, insurers."""

from __future__ import annotations

from typing import Annotated

import typer

from desk.commands.book import opened
from desk.commands.case import As, OnDay, operations
from desk.console_text import AsJson, day_of, optional_day, print_json, print_table, say
from desk.operations import Operations
from desk.side_tracks import SideTracks
from recourse import events as ev
from recourse.errors import UserError
from tasks.collateral import Sale

Proof = Annotated[str, typer.Option("--proof", help="where the paper lies")]
Minor = Annotated[int, typer.Argument(help="minor units")]
Round = Annotated[int, typer.Option("--round", help="1 first auction, 2 second auction, 3 sell-off")]
Costs = Annotated[int, typer.Option("--costs", help="costs of the sale, minor units")]
Earlier = Annotated[int, typer.Option("--earlier", help="what ranks before us secures, minor units")]
Home = Annotated[str, typer.Option("--home", help="for a home: the paper that shows what was arranged")]
ENDED = "the case has ended"

sale_app = typer.Typer(
    help="Sales of security: by agreement, by the court, or the asset for the debt.", no_args_is_help=True
)
guarantor_app = typer.Typer(help="Who answers for the debt beside the debtor.", no_args_is_help=True)
estate_app = typer.Typer(help="What a dead debtor left.", no_args_is_help=True)
bankruptcy_app = typer.Typer(help="The debtor's bankruptcy.", no_args_is_help=True)
crime_app = typer.Typer(help="Reports of crimes that head office agreed to.", no_args_is_help=True)
insurer_app = typer.Typer(help="The insurer or guarantee company behind a debt.", no_args_is_help=True)


def register(app: typer.Typer) -> None:
    """Put the commands on the command line."""
    for name, group in (("sale", sale_app), ("guarantor", guarantor_app), ("estate", estate_app),
                        ("bankruptcy", bankruptcy_app), ("crime", crime_app), ("insurer", insurer_app)):  # fmt: skip
        app.add_typer(group, name=name)


def _tracks(as_: str) -> SideTracks:
    return SideTracks(operations(opened(), as_))


def _reading() -> SideTracks:
    """For what is only looked at: nobody has to say who."""
    desk = opened()
    day = desk.business_day()
    return SideTracks(Operations(desk, desk.strategy(day), desk.pen(day)))


def _told(touched: int, what: str) -> None:
    say(what if touched else ENDED)


@sale_app.command("agreed")
def agreed(
    account: str, collateral: str, price: Minor, proof: Proof,
    consent: Annotated[str, typer.Option("--consent", help="where the owner's written consent lies")],
    costs: Costs = 0, earlier: Earlier = 0, home: Home = "", as_: As = "",
) -> None:  # fmt: skip
    """An agreed sale was closed; its proceeds come with the bank's own delivery."""
    sale = Sale(collateral, price, proof, consent, costs, earlier, home)
    _told(_tracks(as_).sell_by_agreement(account, sale), "sale recorded")


@sale_app.command("listed")
def listed(
    account: str, collateral: str, reserve: Minor, round_: Round, proof: Proof,
    begins: Annotated[str, typer.Option("--begins", metavar="DAY")],
    deposit: Annotated[int | None, typer.Option("--deposit", help="of a bidder, minor units")] = None,
    home: Home = "", as_: As = "",
) -> None:  # fmt: skip
    """The court announced a round; refused below the floor of its rule."""
    event = ev.AuctionListed(collateral, round_, reserve, day_of(begins, "--begins"), deposit, proof, home)
    _told(_tracks(as_).list_round(account, event), f"round {round_} announced")


@sale_app.command("ended")
def ended(
    account: str, collateral: str, result: Annotated[str, typer.Argument(help="sold, failed, withdrawn, defaulted")],
    round_: Round, proof: Proof,
    price: Annotated[int | None, typer.Option("--price", help="minor units, with sold")] = None,
    costs: Costs = 0, earlier: Earlier = 0, on: OnDay = "", as_: As = "",
) -> None:  # fmt: skip
    """A round ended; a price is shared out between costs, earlier ranks, our claim and the owner."""
    event = ev.AuctionEnded(collateral, round_, result, price, proof)
    touched = _tracks(as_).end_round(account, event, costs=costs, earlier=earlier, on=optional_day(on, "--on"))
    _told(touched, f"round {round_}: {result}")


@sale_app.command("taken")
def taken(account: str, collateral: str, proof: Proof, as_: As = "") -> None:
    """The court ruled that the bank takes the asset for the debt, at the reserve of the round that failed."""
    _told(_tracks(as_).take_asset(account, collateral, proof), "asset taken")


@sale_app.command("assets")
def assets(json: AsJson = False) -> None:
    """Assets taken for debts, and by when each has to be sold."""
    found = _reading().assets()
    headers = ("asset", "account", "collateral", "value", "currency", "taken", "sell by", "sold", "price")
    rows = [(a.asset_id, a.account, a.collateral_id, a.value, a.currency, a.taken_on, a.dispose_by_on, a.disposed_on, a.price)
            for a in found]  # fmt: skip
    print_json(found) if json else print_table(headers, rows)


@sale_app.command("disposed")
def disposed(asset: str, price: Minor, proof: Proof, as_: As = "") -> None:
    """An asset that was taken for a debt was sold."""
    _tracks(as_).dispose(asset, price, proof)
    say("disposal recorded")


@guarantor_app.command("list")
def guarantors(account: str, json: AsJson = False) -> None:
    """Every guarantee: type, turn, last day, days left, what keeps it, and what changes of the contract did to it."""
    found = _reading().sureties(account)
    headers = ("turn", "guarantee", "party", "kind", "period ends", "days left", "kept by", "changes")
    rows = [(g.order, g.guarantee_id, g.party_id, g.kind, g.ends_on, g.days_left, g.kept_by, g.consent) for g in found]
    print_json(found) if json else print_table(headers, rows)


@guarantor_app.command("consent")
def consent(
    account: str, guarantee: str, change: Annotated[str, typer.Option("--change", help="what was changed")],
    heavier: Annotated[bool, typer.Option("--heavier/--lighter", help="what the change does to the debt")],
    proof: Annotated[str, typer.Option("--proof", help="where the written consent lies; none: there is none")] = "",
    as_: As = "",
) -> None:  # fmt: skip
    """The main contract was changed: the guarantor agreed in writing, or did not."""
    _told(
        _tracks(as_).consent(account, guarantee, change, heavier, proof),
        "consented" if proof else "no consent on paper",
    )


@estate_app.command("found")
def estate_found(
    account: str, proof: Proof, heirs: Annotated[int, typer.Option("--heirs")],
    value: Annotated[int | None, typer.Option("--value", help="minor units; unknown: leave out")] = None,
    administrator: Annotated[bool, typer.Option("--administrator/--no-administrator")] = False,
    dependents: Annotated[int, typer.Option("--dependents", help="heirs to whom a share is left")] = 0, as_: As = "",
) -> None:  # fmt: skip
    """What was found of the estate; it stands on every open case of the person."""
    touched = _tracks(as_).find_estate(account, heirs, value, proof, administrator=administrator, dependents=dependents)
    _told(touched, f"estate recorded on {touched} cases")


@estate_app.command("claimed")
def estate_claimed(account: str, amount: Minor, proof: Proof, on: OnDay = "", as_: As = "") -> None:
    """The claim reached heirs or administrator; up to the value of the estate."""
    _told(_tracks(as_).claim_estate(account, amount, proof, optional_day(on, "--on")), "claim on the estate recorded")


@estate_app.command("closed")
def estate_closed(
    account: str, result: Annotated[str, typer.Argument(help="paid, exhausted, renounced, no_estate")], proof: Proof,
    as_: As = "",
) -> None:  # fmt: skip
    """The estate is done with."""
    _told(_tracks(as_).close_estate(account, result, proof), f"estate: {result}")


@bankruptcy_app.command("accepted")
def bankruptcy_accepted(
    account: str, number: Annotated[str, typer.Option("--number", help="the court's number")], proof: Proof,
    claims_until: Annotated[str, typer.Option("--claims-until", metavar="DAY")] = "", on: OnDay = "", as_: As = "",
) -> None:  # fmt: skip
    """A court accepted the debtor's bankruptcy: every case of the person is stayed, and the claim is to be filed."""
    until_on = optional_day(claims_until, "--claims-until")
    touched = _tracks(as_).accept_bankruptcy(account, number, until_on, proof, optional_day(on, "--on"))
    _told(touched, "stayed; the claim is to be filed")


@bankruptcy_app.command("claimed")
def bankruptcy_claimed(account: str, amount: Minor, proof: Proof, on: OnDay = "", as_: As = "") -> None:
    """The claim was filed with the administrator."""
    _told(_tracks(as_).claim_bankruptcy(account, amount, proof, optional_day(on, "--on")), "claim filed")


@bankruptcy_app.command("moved")
def bankruptcy_moved(
    account: str,
    stage: Annotated[str, typer.Argument(help="confirmed, disputed, declared, distributed, closed, dismissed")],
    proof: Proof, amount: Annotated[int, typer.Option("--amount", help="minor units")] = 0, on: OnDay = "", as_: As = "",
) -> None:  # fmt: skip
    """The proceeding moved; a petition that was dismissed lifts the stay."""
    touched = _tracks(as_).move_bankruptcy(account, stage, amount, proof, optional_day(on, "--on"))
    _told(touched, f"bankruptcy: {stage}")


@crime_app.command("reported")
def crime_reported(
    account: str, offence: str, proof: Proof,
    authority: Annotated[str, typer.Option("--authority", help="who took the report")],
    evidence: Annotated[list[str], typer.Option("--evidence", metavar="SHA256", help="a paper of the file; repeat")],
    as_: As = "",
) -> None:  # fmt: skip
    """The report that head office agreed to was made."""
    papers = tuple(evidence)
    if wrong := [each for each in papers if len(each) != 64]:
        raise UserError(f"{wrong[0]!r} is no digest of a paper", where="--evidence", mend="see `recourse documents`")
    _told(_tracks(as_).report_crime(account, offence, authority, papers, proof), "report recorded")


@crime_app.command("answered")
def crime_answered(
    account: str, result: Annotated[str, typer.Argument(help="filed, declined, transferred, closed")], proof: Proof,
    as_: As = "",
) -> None:  # fmt: skip
    """The authority answered."""
    _told(_tracks(as_).answer_crime(account, result, proof), f"report: {result}")


@insurer_app.command("due")
def insurer_due(
    account: str, until: Annotated[str, typer.Option("--until", metavar="DAY")], proof: Proof, as_: As = ""
) -> None:
    """The last day for the claim, by the contract with the insurer."""
    _told(_tracks(as_).insurer_due(account, day_of(until, "--until"), proof), "clock started")


@insurer_app.command("claimed")
def insurer_claimed(account: str, amount: Minor, proof: Proof, as_: As = "") -> None:
    """The claim on the insurer was made."""
    _told(_tracks(as_).claim_insurer(account, amount, proof), "claim recorded")


@insurer_app.command("answered")
def insurer_answered(
    account: str, result: Annotated[str, typer.Argument(help="paid, part_paid, refused")], proof: Proof,
    paid: Annotated[int, typer.Option("--paid", help="minor units")] = 0, as_: As = "",
) -> None:  # fmt: skip
    """The insurer paid, in whole or part, or refused."""
    _told(_tracks(as_).answer_insurer(account, result, paid, proof), f"insurer: {result}")
