"""The papers in the bank's archive: one-page PDFs that say what they stand for. Made up, like everything here."""

from __future__ import annotations

from recourse.simulate.book import Account

PAPER_FROM = 5_000_000
"""Unsecured loans below this (minor units) have no scans in the delivery."""

TITLES = {
    "loan_contract": "LOAN CONTRACT",
    "disbursement": "PROOF OF DISBURSEMENT",
    "mortgage_contract": "MORTGAGE CONTRACT",
    "guarantee_contract": "GUARANTEE CONTRACT",
}


def papers_of(account: Account) -> list[str]:
    """Kinds of paper that lie in the archive for an account."""
    if account.pledge is None and (account.original < PAPER_FROM or account.product == "credit_card"):
        return []
    kinds = ["loan_contract", "disbursement"]
    kinds += ["mortgage_contract"] if account.pledge else []
    return kinds + (["guarantee_contract"] if account.guarantees else [])


def page(account: Account, kind: str) -> bytes:
    """A PDF of one page, in ASCII: title, account, day, amount, and that it is a specimen."""
    amount = f"{account.original // 100}.{account.original % 100:02d}"
    lines = (
        TITLES[kind],
        f"Account {account.account_id}",
        f"Date {account.opened_on}",
        f"CNY {amount}",
        "SPECIMEN, MADE UP",
    )
    text = "BT /F1 16 Tf 72 760 Td 24 TL " + " ".join(f"({line}) Tj T*" for line in lines) + " ET"
    return _pdf(
        "<< /Type /Catalog /Pages 2 0 R >>",
        "<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R"
        " /Resources << /Font << /F1 << /Type /Font /Subtype /Type1 /BaseFont /Helvetica >> >> >> >>",
        f"<< /Length {len(text)} >>\nstream\n{text}\nendstream",
    )


def _pdf(*objects: str) -> bytes:
    body, places = "%PDF-1.4\n", []
    for number, content in enumerate(objects, start=1):
        places.append(len(body))
        body += f"{number} 0 obj\n{content}\nendobj\n"
    table = "".join(f"{place:010d} 00000 n \n" for place in places)
    count = len(objects) + 1
    trailer = f"trailer\n<< /Size {count} /Root 1 0 R >>\nstartxref\n{len(body)}\n%%EOF\n"
    return f"{body}xref\n0 {count}\n0000000000 65535 f \n{table}{trailer}".encode("ascii")
