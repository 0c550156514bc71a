"""The business day of the whole book: an Airflow DAG.

**What.** Every working day at 07:00 (Shanghai): closes the day before and seals it, takes in the bank's deliveries,
decides every due case in shares, opens lists, makes the contacts that need no gate, opens `account_step` runs for gates.

**Owner.** Collections operations.

**At night.** A task that fails is tried four times; each may run twice. If the run stays red: read the last line of the
failed task's log, it says what, where, and the mend. Then clear that task; nothing is done twice. `turn` refuses to
close a day while an act is under way: wait a few minutes, let `reconcile` run, clear it. A day that is never worked is
lost for nobody: the next run works all that is due, one step a track. Do not edit the ledger's tables.
"""

from recourse_airflow.portfolio_day import portfolio_day

dag = portfolio_day(at="07:00", owner="collections-operations", doc_md=__doc__ or "")
