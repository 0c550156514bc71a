"""The command line: one verb a command. A mistake a person can make prints one line and exits with 2."""

from __future__ import annotations

import os
import sys
from importlib.metadata import entry_points

import typer
from typer import exceptions

from desk.commands import (
    agency,
    amounts,
    arrangement,
    beside,
    book,
    calling,
    case,
    clocks,
    collector,
    complaint,
    contact,
    cost,
    credit,
    day,
    debtor,
    dispute,
    document,
    gate,
    hardship,
    hold,
    locate,
    matter,
    paper,
    paper_life,
    people,
    policy,
    report,
    script,
    shadow,
    takeover,
    town,
    transfer,
    visit,
    writeoff,
)
from recourse.errors import UserError

app = typer.Typer(
    name="recourse",
    help="Recourse (追索): runs a bank's personal-loan collections as a gated ladder and proves what it did.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)

book.register(app)
day.register(app)
case.register(app)
amounts.register(app)
app.add_typer(gate.app, name="gates")
app.add_typer(document.app, name="document")
app.add_typer(paper.documents_app, name="documents")
app.add_typer(paper_life.app, name="paper")
app.add_typer(paper.packet_app, name="packet")
app.add_typer(policy.app, name="policy")
app.add_typer(book.journal_app, name="journal")
app.add_typer(people.token_app, name="token")
app.add_typer(agency.app, name="agency")
app.add_typer(arrangement.app, name="arrangement")
app.add_typer(arrangement.promise_app, name="promise")
app.add_typer(calling.app, name="calls")
app.add_typer(collector.app, name="collector")
app.add_typer(script.app, name="script")
app.add_typer(matter.app, name="matter")
app.add_typer(clocks.app, name="clocks")
app.add_typer(report.app, name="report")
app.add_typer(report.work_app, name="work")
app.add_typer(writeoff.app, name="writeoff")
app.add_typer(transfer.app, name="transfer")
app.add_typer(cost.app, name="cost")
app.add_typer(contact.app, name="contact")
app.add_typer(locate.app, name="locate")
app.add_typer(visit.app, name="visit")
app.add_typer(takeover.app, name="takeover")
app.add_typer(shadow.app, name="shadow")
app.add_typer(hold.app, name="holds")
app.add_typer(complaint.app, name="complaint")
app.add_typer(hardship.app, name="hardship")
app.add_typer(dispute.app, name="dispute")
app.add_typer(credit.app, name="credit")
hold.register(app)
beside.register(app)
debtor.register(app)
report.app.command("classes")(debtor.report_classes)
town.register(app)
for extra in sorted(entry_points(group="recourse.commands"), key=lambda entry: entry.name):
    extra.load()(app)  # commands of packages that stand above the desk, such as the console's


def main() -> None:
    """Run a command and leave with its exit code."""
    try:
        code = app(standalone_mode=False)
    except UserError as error:
        fail(str(error))
    except exceptions.Exit as left:
        sys.exit(left.exit_code)
    except exceptions.Abort:
        fail("interrupted: nothing half-written; run it again")
    except exceptions.TyperException as error:
        fail(" ".join(error.format_message().split()))
    except KeyboardInterrupt:
        fail("interrupted: nothing half-written; run it again")
    except BrokenPipeError:
        sys.stdout = open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115  # the reader left; nothing more is to be said
        sys.exit(0)
    except OSError as error:
        if not error.filename:
            raise
        fail(f"{error.strerror} ({error.filename}): make it readable and writable for this user, or name another place")
    else:
        sys.exit(code if isinstance(code, int) else 0)


def fail(line: str) -> None:
    """One line, exit code 2; no line when the help was shown instead."""
    if not line:
        sys.exit(2)
    sys.stderr.write(f"recourse: {line}\n")
    sys.exit(2)
