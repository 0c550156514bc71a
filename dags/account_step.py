"""One account at one gate: an Airflow DAG whose graph is the ladder.

**What.** One run for each gate that waits for people. The due node is lit, the others are skipped; its seats are human
tasks (Required Actions), then what they approved is claimed, done, and its receipt kept. Opened by `portfolio_day` and
`reconcile`, never by hand.

**Owner.** Legal and asset preservation answer; collections operations watch.

**At night.** Nothing here has to be done at night: a gate waits, its deadline lifts it a level, nothing is approved by
time. A run that ended *skipped* at `act` was superseded or rejected: the note and the seat's log say why. A red `act`
may be cleared; an effect has a key and is not done twice.
"""

from recourse_airflow.account_step import account_step
from tasks.ladder import LADDER

dag = account_step(LADDER, owner="legal-operations", doc_md=__doc__ or "")
