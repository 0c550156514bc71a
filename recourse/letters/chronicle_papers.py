"""The life of papers in the words of a committee's paper. Pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from recourse import events as ev

CHANNELS = {"post": "邮寄", "email": "电子邮件", "hand": "直接送达", "sms": "短信", "court": "法院", "internal": "行内"}
PAPERS = {
    "lawyer_letter_signed": "律师事务所签署的律师函", "write_off_application": "呆账核销申报表", "reminder_message": "还款提醒短信",
}  # fmt: skip
STAGES = {
    "draft": "草稿", "reviewed": "已审核", "signed": "已签署", "sealed": "已用印", "issued": "已发出", "delivered": "已送达",
    "filed": "已递交", "decided": "已决定",
}  # fmt: skip

SENTENCES: Mapping[type[ev.Event], Callable[[Any, Mapping[str, str], str], str]] = {
    ev.PaperDrafted: lambda e, n, c: "拟写文书",
    ev.PaperReviewed: lambda e, n, c: "文书经他人审核",
    ev.PaperSigned: lambda e, n, c: "文书已签署" + (f"（共需{e.needed}人）" if e.needed > 1 else ""),
    ev.PaperSealed: lambda e, n, c: f"文书用印，登记号{e.register_no}",
    ev.PaperIssued: lambda e, n, c: f"文书发出（{CHANNELS.get(e.channel, '其他方式')}）",
    ev.PaperDelivered: lambda e, n, c: "文书送达",
    ev.PaperFiled: lambda e, n, c: "文书递交法院或者仲裁机构",
    ev.PaperDecided: lambda e, n, c: "文书所请事项已作出决定",
}
