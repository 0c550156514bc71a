"""What the bank says of itself on letters and packets: read from ``bank.yaml`` of $RECOURSE_HOME, or the sample bank."""

from __future__ import annotations

import msgspec

from recourse.errors import UserError


class Service(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Where a debtor turns to: queries, disputes, hardship, complaints."""

    query: str
    dispute_contact: str
    hardship_contact: str
    complaint_phone: str
    contact: str
    phone: str


class Repayment(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The bank's own account; nobody else ever receives money."""

    bank: str
    account_name: str
    account_number: str


class Clause(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A clause of the bank's form contract, cited in a notice."""

    number: str
    text: str


class AgencyProfile(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a debtor is told of an agency before a placement."""

    name: str
    uscc: str
    phone: str
    address: str
    list_at: str


class BankProfile(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The bank's own data for papers. `names` gives contract names by product."""

    name: str
    short: str
    address: str
    representative: str
    uscc: str
    court: str
    service: Service
    repayment: Repayment
    acceleration_clause: Clause
    contract_names: dict[str, str]
    agencies: dict[str, AgencyProfile] = {}
    licence_no: str = ""
    """金融许可证号, and 所有制性质: what forms ask for; empty is not known."""
    ownership: str = ""


def parse(text: str, place: str) -> BankProfile:
    """A profile from YAML text; a missing or unknown field is named."""
    try:
        return msgspec.yaml.decode(text, type=BankProfile)
    except (msgspec.ValidationError, msgspec.DecodeError) as error:
        raise UserError("the bank profile cannot be read", where=place, mend=str(error)) from None
