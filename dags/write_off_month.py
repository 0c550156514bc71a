"""The month's write-off lists: an Airflow DAG.

**What.** On the last working day of each month at 09:30 (Shanghai): asks the seats of every open write-off list, then
the final approver; what they approve is listed as written off (账销案存: the debt is still collected) and the PDF packets
are put into one folder for the write-off desk. May be triggered by hand on any business day.

**Owner.** Asset preservation.

**At night.** Nothing. A list that nobody answered stays open and is asked again next month, or in the console. A red
`packets` may be cleared: the same packets are written again, byte for byte.
"""

from recourse_airflow.write_off_month import write_off_month
from tasks.ladder import LADDER

dag = write_off_month(LADDER.by_name["write_off"], at="09:30", owner="asset-preservation", doc_md=__doc__ or "")
