"""司法变价 Court sale: first and second auction, sell-off 变卖, asset for debt 以物抵债 (法释〔2016〕18号)."""

from __future__ import annotations

from recourse.acts import WorkItem

ACTS = (WorkItem("auction_first"), WorkItem("auction_second"), WorkItem("sell_off"), WorkItem("debt_for_asset"))
