"""呆账核销 Write-off: the finished packet, the changed book status 账销案存; the claim lives on and is still collected.

Approved by list and, above, by committee (财金〔2017〕90号 8, 12). The packet holds the form, amounts, chronology,
contact log, votes; the legal opinion is counsel's to write. Accountability, the yearly report and full termination
完全终结 are not worked yet.
"""

from __future__ import annotations

from collections.abc import Sequence

from recourse import events as ev
from recourse.acts import Happened, Item, PacketOrder, Printed, Receipt, Tools
from recourse.channels.channel import Delivery
from recourse.documents.compose import MissingFact
from recourse.letters.write_off import criterion_met, packet_data, votes_of


class WriteOff:
    """Builds each member's packet and records the write-off of what the core says is owed."""

    node = "write_off"
    permit: tuple[str, ...] = ()
    delivery: Delivery = "idempotent"

    def perform(self, items: Sequence[Item], tools: Tools) -> list[Receipt]:
        accounts = [item.facts.account_id for item in items]
        people = tools.people.of([item.facts.person_id for item in items])
        contracts, papers = tools.people.contracts(accounts), tools.history.papers(accounts)
        journals = tools.history.of([item.case_id for item in items])
        votes = {
            gate: votes_of(entries, gate) for gate, entries in tools.history.gates([i.gate_id for i in items]).items()
        }
        seal = tools.history.seal()
        receipts: dict[str, Receipt] = {}
        ready: list[tuple[Item, str, PacketOrder]] = []
        for item in items:
            facts = item.facts
            met = criterion_met(facts, item.policy, tools.day)
            if met is None or facts.amounts is None:
                detail = "no criterion for write-off holds any more" if met is None else "the core gave no balance"
                receipts[item.key] = Receipt(item.key, "failed", "failed", detail=detail)
                continue
            data = packet_data(
                item, people.get(facts.person_id), contracts.get(facts.account_id), journals[item.case_id],
                papers.get(facts.account_id, ()), votes.get(item.gate_id, ()), tools.bank, tools.day, seal, tools.names,
            )  # fmt: skip
            ready.append((item, met[0].rule, PacketOrder(facts.jurisdiction, data, tools.day)))
        packets = tools.letters.packets([order for _, _, order in ready])
        for (item, rule, _), packet in zip(ready, packets, strict=True):
            receipts[item.key] = self._receipt(item, rule, packet)
        return [receipts[item.key] for item in items]

    def _receipt(self, item: Item, rule: str, packet: Printed | MissingFact) -> Receipt:
        facts = item.facts
        if isinstance(packet, MissingFact) or facts.amounts is None:
            return Receipt(item.key, "failed", "failed", detail=str(packet))
        written_off = ev.WrittenOff(facts.account_id, rule, facts.amounts, packet.sha256)
        made = ev.DocumentMade(packet.sha256, "write_off_packet", self.node)
        return Receipt(
            item.key,
            "done",
            "written_off",
            documents=(packet.sha256,),
            happened=(Happened(made), Happened(written_off)),
        )
