"""The tasks of one step: find the due node, ask the seats of its gate, act on what they approved."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from airflow.sdk import BaseOperator
from airflow.sdk.exceptions import AirflowFailException, AirflowSkipException, DownstreamTasksSkipped

from desk import engines

if TYPE_CHECKING:
    from airflow.sdk import Context

DUE = "due"


class DueOperator(BaseOperator):
    """Lights the node that is due: every task of every other node is skipped at once."""

    def execute(self, context: Context) -> None:
        """Raises AirflowFailException when the run was opened without an account's or list's gate."""
        node, gate = context["params"].get("node"), context["params"].get("gate")
        groups = context["dag"].task_group.children
        if node not in groups or not gate:
            raise AirflowFailException("this run names no node and gate; let the DAG `reconcile` open it")
        mine = {task.task_id for task in groups[node].iter_tasks()}
        others = [task_id for task_id in context["dag"].task_ids if task_id not in mine | {self.task_id}]
        raise DownstreamTasksSkipped(tasks=others)


class AskOperator(BaseOperator):
    """Reads from the ledger which seats of the gate are still to be answered; their number is the number of tasks."""

    def __init__(self, *, node: str, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.node = node

    def execute(self, context: Context) -> list[dict[str, Any]]:
        """The seats of the first round, as arguments for the tasks that ask them."""
        from desk import steps

        params = context["params"]
        if params.get("node") != self.node:
            raise AirflowSkipException("another node is due")
        gate_id = str(params["gate"])
        stand = steps.standing(engines.desk(), [gate_id]).get(gate_id)
        if stand is None:
            raise AirflowFailException(f"the ledger has no gate {gate_id}")
        seats = steps.seats(stand.left).first if stand.status == "open" else ()
        shared = {"gate_id": gate_id, "level": stand.level, "after": str(params.get("after") or "")}
        return [{**shared, "seat": seat} for seat in seats]


class ActOperator(BaseOperator):
    """Claims, acts and keeps the receipts of what the gate approved. Safe to run twice: effects have keys."""

    def __init__(self, *, gate_id: str = "", **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.gate_id = gate_id

    def execute(self, context: Context) -> dict[str, int]:
        """The counts of the dispatch. Skipped when the gate was not approved: the run is then superseded, or it was
        rejected, and the ledger says which."""
        import msgspec

        from desk import steps

        gate_id, desk = self.gate_id or str(context["params"]["gate"]), engines.desk()
        stand = steps.standing(desk, [gate_id])[gate_id]
        if stand.status == "open":
            raise AirflowSkipException("superseded: the gate is still open and another run will ask")
        if stand.status != "approved":
            raise AirflowSkipException(f"the gate is {stand.status}")
        done = steps.act(desk, gate_id)
        if done is None:
            raise AirflowSkipException("no business day is open: what was approved goes out on the next one")
        counts: dict[str, int] = msgspec.structs.asdict(done)
        return counts
