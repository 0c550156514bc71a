"""Airflow and the ledger compared: an Airflow DAG.

**What.** Every three minutes: ends runs whose gate was answered elsewhere or lifted to other people, opens runs for
gates that have none (most urgent first, up to the cap), takes up acts that a dead process left behind. The ledger wins.

**Owner.** Platform engineering.

**At night.** If it is red for more than fifteen minutes, gates answered in the console still count and what they approve
goes out with the next business day; only Required Actions falls behind. See its log: most often Recourse's user in
Airflow has another password, or the API server is down.
"""

from recourse_airflow.reconcile import reconcile_dag

dag = reconcile_dag(minutes=3, owner="platform-engineering", doc_md=__doc__ or "")
