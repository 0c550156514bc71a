"""The ledger's tables: journal, projections, source records, personal data.

Dates are DATE, instants are UTC text, ids are text, money is minor units, documents of structure are canonical JSON
text. Nothing personal stands in a journal column or in a projection.
"""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Date,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    Text,
    UniqueConstraint,
    literal_column,
    text,
)

from recourse.money import Amounts

metadata = MetaData(
    naming_convention={"ix": "ix_%(table_name)s_%(column_0_N_name)s", "uq": "uq_%(table_name)s_%(column_0_N_name)s"}
)

# --- journal: append-only, proved by chain and seal ---------------------------------------------------------------

events = Table(
    "events",
    metadata,
    Column("stream", Text, primary_key=True),
    Column("pos", Integer, primary_key=True, autoincrement=False),
    Column("type", Text, nullable=False),
    Column("effective_on", Date, nullable=False),
    Column("known_on", Date, nullable=False),
    Column("text", Text, nullable=False),
    Column("hash", LargeBinary(32), nullable=False),
)

Index(
    "ix_events_refused",
    events.c.known_on,
    sqlite_where=text("type = 'permit:contact:refused'"),
    postgresql_where=text("type = 'permit:contact:refused'"),
)

_BRAKING = "'brake:case:placed'", "'complaint:case:received'", "'hardship:case:applied'", "'dispute:case:raised'"
BRAKING = events.c.type.in_([literal_column(each) for each in _BRAKING])
"""Events that place a brake. Said in a query in these words, it lets the database use the index of the few."""
Index(
    "ix_events_brakes",
    events.c.known_on,
    sqlite_where=text(f"type IN ({', '.join(_BRAKING)})"),
    postgresql_where=text(f"type IN ({', '.join(_BRAKING)})"),
)

seals = Table(
    "seals",
    metadata,
    Column("day", Date, primary_key=True),
    Column("root", Text, nullable=False),
    Column("streams", Integer, nullable=False),
    Column("events", BigInteger, nullable=False),
    Column("sealed_at", Text, nullable=False),
)

packs = Table(
    "packs",
    metadata,
    Column("hash", Text, primary_key=True),
    Column("activated_on", Date, nullable=False),
    Column("text", Text, nullable=False),
)

JOURNAL = (events, seals, packs)

# --- projections: rebuilt from the journal by `recourse verify` ---------------------------------------------------

streams = Table(
    "streams",
    metadata,
    Column("stream", Text, primary_key=True),
    Column("pos", Integer, nullable=False),
    Column("hash", LargeBinary(32), nullable=False),
)

business_days = Table(
    "business_days",
    metadata,
    Column("day", Date, primary_key=True),
    Column("policy", Text, nullable=False),
    Column("policy_as_of", Date),
    Column("closed", Boolean, nullable=False, default=False),
)

cases = Table(
    "cases",
    metadata,
    Column("case_id", Text, primary_key=True),
    Column("account_id", Text, nullable=False, index=True),
    Column("person_id", Text, nullable=False, index=True),
    Column("shard", Integer, nullable=False),
    Column("episode", Integer, nullable=False),
    Column("opened_on", Date, nullable=False),
    Column("closed_on", Date),
    Column("version", Integer, nullable=False),
    Column("wake_on", Date),
    Column("lost_on", Date),
    Column("head_pos", Integer, nullable=False),
    Column("head_hash", LargeBinary(32), nullable=False),
    Column("file", Text, nullable=False),
)
Index(
    "uq_cases_open",
    cases.c.account_id,
    unique=True,
    sqlite_where=text("closed_on IS NULL"),
    postgresql_where=text("closed_on IS NULL"),
)
Index(
    "ix_cases_due",
    cases.c.wake_on,
    cases.c.case_id,
    sqlite_where=text("closed_on IS NULL"),
    postgresql_where=text("closed_on IS NULL"),
)

Index(
    "ix_cases_lost_on",
    cases.c.lost_on,
    cases.c.case_id,
    sqlite_where=text("closed_on IS NULL AND lost_on IS NOT NULL"),
    postgresql_where=text("closed_on IS NULL AND lost_on IS NOT NULL"),
)

visits = Table(
    "visits",
    metadata,
    Column("case_id", Text, primary_key=True),
    Column("node", Text, primary_key=True),
    Column("n", Integer, primary_key=True, autoincrement=False),
    Column("state", Text, nullable=False),
    Column("entered_on", Date, nullable=False),
    Column("left_on", Date),
    Column("outcome", Text, nullable=False, default=""),
)
Index("ix_visits_state", visits.c.state, visits.c.node)

gates = Table(
    "gates",
    metadata,
    Column("gate_id", Text, primary_key=True),
    Column("matter", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("action", Text, nullable=False),
    Column("tier", Text, nullable=False),
    Column("stream", Text, nullable=False),
    Column("case_id", Text, index=True),
    Column("node", Text, nullable=False),
    Column("n", Integer, nullable=False),
    Column("status", Text, nullable=False, index=True),
    Column("maker", Text, nullable=False),
    Column("seats", Text, nullable=False),
    Column("level", Integer, nullable=False, default=0),
    Column("opened_on", Date, nullable=False),
    Column("due_on", Date, nullable=False),
    Column("queued_from", Date, nullable=False),
    Column("answered_on", Date),
    Column("choice", Text, nullable=False, default=""),
    Column("urgent", Text, nullable=False, default=""),
    Column("evidence_hash", Text, nullable=False),
    Column("evidence", Text, nullable=False),
    Column("packet_hash", Text, nullable=False, default=""),
)
Index(
    "uq_gates_open_matter",
    gates.c.matter,
    unique=True,
    sqlite_where=text("status = 'open'"),
    postgresql_where=text("status = 'open'"),
)

gate_members = Table(
    "gate_members",
    metadata,
    Column("gate_id", Text, primary_key=True),
    Column("case_id", Text, primary_key=True),
    Column("n", Integer, nullable=False),
    Column("state", Text, nullable=False),
    Column("evidence_hash", Text, nullable=False),
    Column("evidence", Text, nullable=False),
)
Index("ix_gate_members_case_id", gate_members.c.case_id)

votes = Table(
    "votes",
    metadata,
    Column("gate_id", Text, primary_key=True),
    Column("seat", Text, primary_key=True),
    Column("voter", Text, nullable=False),
    Column("on_behalf_of", Text, nullable=False, default=""),
    Column("verdict", Text, nullable=False),
    Column("choice", Text, nullable=False, default=""),
    Column("reason", Text, nullable=False),
    Column("voted_on", Date, nullable=False),
    UniqueConstraint("gate_id", "voter"),
)

intents = Table(
    "intents",
    metadata,
    Column("key", Text, primary_key=True),
    Column("case_id", Text, nullable=False, index=True),
    Column("account_id", Text, nullable=False),
    Column("person_id", Text, nullable=False),
    Column("shard", Integer, nullable=False),
    Column("node", Text, nullable=False),
    Column("n", Integer, nullable=False),
    Column("effect", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("due_on", Date, nullable=False),
    Column("gate_id", Text, nullable=False, default=""),
    Column("owner", Text, nullable=False, default=""),
    Column("lease_until", Text, nullable=False, default=""),
)
WAITING = intents.c.state.in_([literal_column("'queued'"), literal_column("'released'")])
"""Intents that are not finished. Said in a query in these words, it lets the database use the index of the few."""
Index(
    "ix_intents_waiting",
    intents.c.state,
    intents.c.node,
    intents.c.key,
    sqlite_where=text("state IN ('queued', 'released')"),
    postgresql_where=text("state IN ('queued', 'released')"),
)
TROUBLED = intents.c.state.in_([literal_column("'failed'"), literal_column("'unknown'")])
"""Intents that went wrong; in these words for the same reason."""

Index(
    "ix_intents_troubled",
    intents.c.state,
    sqlite_where=text("state IN ('failed', 'unknown')"),
    postgresql_where=text("state IN ('failed', 'unknown')"),
)

permits = Table(
    "permits",
    metadata,
    Column("permit_id", Text, primary_key=True),
    Column("person_id", Text, nullable=False),
    Column("number_id", Text, nullable=False, default=""),
    Column("channel", Text, nullable=False),
    Column("purpose", Text, nullable=False),
    Column("case_id", Text, nullable=False),
    Column("issued_on", Date, nullable=False),
    Column("issued_at", Text, nullable=False),
    Column("used", Text, nullable=False, default=""),
    Column("account_id", Text, nullable=False, default="", server_default=""),
    Column("role", Text, nullable=False, default="debtor", server_default="debtor"),
    Column("voice", Text, nullable=False, default="human", server_default="human"),
    Column("caller", Text, nullable=False, default="", server_default=""),
)
Index("ix_permits_person_id_issued_on", permits.c.person_id, permits.c.issued_on)

calls = Table(
    "calls",
    metadata,
    Column("call_id", Text, primary_key=True),
    Column("case_id", Text, nullable=False, index=True),
    Column("person_id", Text, nullable=False),
    Column("node", Text, nullable=False),
    Column("n", Integer, nullable=False),
    Column("queued_on", Date, nullable=False),
    Column("script", Text, nullable=False),
    Column("state", Text, nullable=False, index=True),
    Column("permit_id", Text, nullable=False, default=""),
    Column("taken_by", Text, nullable=False, default=""),
    Column("dials", Integer, nullable=False, default=0),
    Column("assigned_to", Text, nullable=False, server_default=""),
    Column("assigned_on", Date),
)
Index("ix_calls_person_id", calls.c.person_id)

collectors = Table(
    "collectors",
    metadata,
    Column("collector", Text, primary_key=True),
    Column("employer", Text, nullable=False),
    Column("started_on", Date),
    Column("ended_on", Date),
    Column("entry", Text, nullable=False),
)

script_violations = Table(
    "script_violations",
    metadata,
    Column("violation_id", Text, primary_key=True),
    Column("case_id", Text, nullable=False, index=True),
    Column("rule", Text, nullable=False),
    Column("phrase", Text, nullable=False),
    Column("place", Text, nullable=False),
    Column("written_by", Text, nullable=False),
    Column("ref", Text, nullable=False),
    Column("found_on", Date, nullable=False),
    Column("closed_on", Date),
    Column("result", Text, nullable=False, server_default=""),
)
Index("ix_script_violations_found_on", script_violations.c.found_on)

contact_terms = Table(
    "contact_terms",
    metadata,
    Column("term_id", Text, primary_key=True),
    Column("person_id", Text, nullable=False, index=True),
    Column("kind", Text, nullable=False),
    Column("number_id", Text, nullable=False),
    Column("channel", Text, nullable=False),
    Column("opens", Text, nullable=False),
    Column("closes", Text, nullable=False),
    Column("until_on", Date),
    Column("rule", Text, nullable=False),
    Column("of_party", Text, nullable=False),
    Column("set_on", Date, nullable=False),
    Column("lifted_on", Date),
)
Index(
    "ix_contact_terms_number_id",
    contact_terms.c.number_id,
    sqlite_where=text("number_id <> ''"),
    postgresql_where=text("number_id <> ''"),
)
Index(
    "ix_contact_terms_of_party",
    contact_terms.c.of_party,
    sqlite_where=text("of_party <> ''"),
    postgresql_where=text("of_party <> ''"),
)

locates = Table(
    "locates",
    metadata,
    Column("locate_id", Text, primary_key=True),
    Column("case_id", Text, nullable=False, index=True),
    Column("contact_id", Text, nullable=False),
    Column("number_id", Text, nullable=False),
    Column("proposed_on", Date, nullable=False),
    Column("script", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("permit_id", Text, nullable=False),
    Column("outcome", Text, nullable=False),
)
Index(
    "ix_locates_running",
    locates.c.state,
    sqlite_where=text("state <> 'closed'"),
    postgresql_where=text("state <> 'closed'"),
)

field_visits = Table(
    "field_visits",
    metadata,
    Column("plan_id", Text, primary_key=True),
    Column("case_id", Text, nullable=False, index=True),
    Column("permit_id", Text, nullable=False),
    Column("planned_on", Date, nullable=False),
    Column("time", Text, nullable=False),
    Column("place", Text, nullable=False),
    Column("collectors", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("outcome", Text, nullable=False),
    Column("recording", Text, nullable=False),
    Column("violations", Text, nullable=False),
)

placements = Table(
    "placements",
    metadata,
    Column("placement_id", Text, primary_key=True),
    Column("case_id", Text, nullable=False, index=True),
    Column("agency", Text, nullable=False),
    Column("placed_on", Date, nullable=False),
    Column("until_on", Date, nullable=False),
    Column("recalled_on", Date),
    Column("cause", Text, nullable=False, default=""),
    Column("returned_on", Date),
    Column("amount", BigInteger),
    Column("certificate", Text, nullable=False, default="", server_default=""),
    Column("certified_on", Date),
)
Index("ix_placements_agency", placements.c.agency, placements.c.returned_on)

agencies = Table(
    "agencies",
    metadata,
    Column("agency", Text, primary_key=True),
    Column("white_listed", Boolean, nullable=False),
    Column("contract_until_on", Date),
    Column("reviewed_on", Date),
    Column("entry", Text, nullable=False),
)

agency_contacts = Table(
    "agency_contacts",
    metadata,
    Column("contact_id", Text, primary_key=True),
    Column("case_id", Text, nullable=False, index=True),
    Column("placement_id", Text, nullable=False),
    Column("agency", Text, nullable=False),
    Column("on", Date, nullable=False),
    Column("channel", Text, nullable=False),
    Column("code", Text, nullable=False),
    Column("recorded", Boolean, nullable=False),
    Column("violations", Integer, nullable=False),
)
Index("ix_agency_contacts_agency_on", agency_contacts.c.agency, agency_contacts.c.on)

agency_violations = Table(
    "agency_violations",
    metadata,
    Column("violation_id", Text, primary_key=True),
    Column("agency", Text, nullable=False),
    Column("violation", Text, nullable=False),
    Column("serious", Boolean, nullable=False),
    Column("rule", Text, nullable=False),
    Column("placement_id", Text, nullable=False),
    Column("found_on", Date, nullable=False),
    Column("closed_on", Date),
)
Index("ix_agency_violations_agency", agency_violations.c.agency, agency_violations.c.found_on)

agency_files = Table(
    "agency_files",
    metadata,
    Column("content", Text, primary_key=True),
    Column("agency", Text, nullable=False),
    Column("direction", Text, nullable=False),
    Column("on", Date, nullable=False),
    Column("sha256", Text, nullable=False),
    Column("rows", Integer, nullable=False),
)

matters = Table(
    "matters",
    metadata,
    Column("matter_id", Text, primary_key=True),
    Column("route", Text, nullable=False),
    Column("stage", Text, nullable=False),
    Column("stage_on", Date, nullable=False),
    Column("number", Text, nullable=False, default=""),
    Column("parties", Text, nullable=False, default="[]"),
    Column("court", Text, nullable=False, default=""),
    Column("counsel", Text, nullable=False, default=""),
)

matter_cases = Table(
    "matter_cases",
    metadata,
    Column("matter_id", Text, primary_key=True),
    Column("case_id", Text, primary_key=True),
)
Index("ix_matter_cases_case_id", matter_cases.c.case_id)

measures = Table(
    "measures",
    metadata,
    Column("measure_id", Text, primary_key=True),
    Column("matter_id", Text, nullable=False, index=True),
    Column("kind", Text, nullable=False),
    Column("amount", BigInteger, nullable=False),
    Column("asset", Text, nullable=False),
    Column("pre_suit", Boolean, nullable=False),
    Column("taken_on", Date, nullable=False),
    Column("until_on", Date),
    Column("lifted_on", Date),
    Column("proof", Text, nullable=False),
)

hearings = Table(
    "hearings",
    metadata,
    Column("hearing_id", Text, primary_key=True),
    Column("matter_id", Text, nullable=False, index=True),
    Column("held_on", Date, nullable=False),
    Column("time", Text, nullable=False),
    Column("place", Text, nullable=False),
    Column("result", Text, nullable=False, default=""),
)
Index("ix_hearings_held_on", hearings.c.held_on)

costs = Table(
    "costs",
    metadata,
    Column("cost_id", Text, primary_key=True),
    Column("case_id", Text, nullable=False, index=True),
    Column("matter_id", Text, nullable=False, index=True),
    Column("kind", Text, nullable=False),
    Column("amount", BigInteger, nullable=False),
    Column("currency", Text, nullable=False),
    Column("booked_on", Date, nullable=False),
    Column("proof", Text, nullable=False),
)

write_offs = Table(
    "write_offs",
    metadata,
    Column("instruction_id", Text, primary_key=True),
    Column("case_id", Text, nullable=False, index=True),
    Column("criterion", Text, nullable=False),
    Column("base_on", Date, nullable=False),
    *(Column(name, BigInteger, nullable=False) for name in Amounts.__struct_fields__),
    Column("packet", Text, nullable=False),
    Column("instructed_on", Date, nullable=False),
    Column("state", Text, nullable=False),
    Column("cause", Text, nullable=False, default=""),
    Column("receipt", Text, nullable=False, default=""),
    Column("booked_on", Date),
)
Index("ix_write_offs_state_booked_on", write_offs.c.state, write_offs.c.booked_on)

pools = Table(
    "pools",
    metadata,
    Column("pool_id", Text, primary_key=True),
    Column("cut_off_on", Date, nullable=False),
    Column("currency", Text, nullable=False),
    Column("rule", Text, nullable=False),
    Column("proposed_on", Date, nullable=False),
    Column("state", Text, nullable=False),
    Column("tape", Text, nullable=False, default=""),
    Column("buyer", Text, nullable=False, default=""),
    Column("buyer_kind", Text, nullable=False, default=""),
    Column("price", BigInteger),
    Column("conditions", Text, nullable=False, default="[]"),
    Column("awarded_on", Date),
)

pool_claims = Table(
    "pool_claims",
    metadata,
    Column("claim_id", Text, primary_key=True),
    Column("pool_id", Text, nullable=False, index=True),
    Column("case_id", Text, nullable=False, index=True),
    Column("cut_off_on", Date, nullable=False),
    *(Column(name, BigInteger, nullable=False) for name in Amounts.__struct_fields__),
    Column("state", Text, nullable=False),
    Column("cause", Text, nullable=False, default=""),
    Column("price", BigInteger),
    Column("moved_on", Date, nullable=False),
)

taken_over = Table(
    "taken_over",
    metadata,
    Column("case_id", Text, primary_key=True),
    Column("batch_id", Text, primary_key=True),
    Column("account_id", Text, nullable=False, index=True),
    Column("taken_on", Date, nullable=False),
)

foreclosed_assets = Table(
    "foreclosed_assets",
    metadata,
    Column("asset_id", Text, primary_key=True),
    Column("case_id", Text, nullable=False, index=True),
    Column("collateral_id", Text, nullable=False),
    Column("value", BigInteger, nullable=False),
    Column("taken_on", Date, nullable=False),
    Column("proof", Text, nullable=False),
    Column("disposed_on", Date),
    Column("price", BigInteger),
)

holds = Table(
    "holds",
    metadata,
    Column("hold_id", Text, primary_key=True),
    Column("case_id", Text, nullable=False, index=True),
    Column("kind", Text, nullable=False),
    Column("from_on", Date, nullable=False),
    Column("until_on", Date),
    Column("ground", Text, nullable=False, default=""),
    Column("evidence", Text, nullable=False, default=""),
    Column("released_on", Date),
    Column("reason", Text, nullable=False, default=""),
)
Index(
    "ix_holds_ending",
    holds.c.until_on,
    sqlite_where=text("released_on IS NULL AND until_on IS NOT NULL"),
    postgresql_where=text("released_on IS NULL AND until_on IS NOT NULL"),
)

complaints = Table(
    "complaints",
    metadata,
    Column("complaint_id", Text, primary_key=True),
    Column("case_id", Text, nullable=False, index=True),
    Column("channel", Text, nullable=False),
    Column("category", Text, nullable=False),
    Column("text", Text, nullable=False),
    Column("is_complex", Boolean, nullable=False),
    Column("received_on", Date, nullable=False, index=True),
    Column("referred_by", Text, nullable=False, default=""),
    Column("referred_on", Date),
    Column("about", Text, nullable=False, default=""),
    Column("contact", Text, nullable=False, default=""),
    Column("until_on", Date),
    Column("state", Text, nullable=False, index=True),
    Column("outcome", Text, nullable=False, default=""),
    Column("reply", Text, nullable=False, default=""),
    Column("answered_on", Date),
    Column("verify_on", Date),
    Column("closed_on", Date),
)

hardships = Table(
    "hardships",
    metadata,
    Column("application_id", Text, primary_key=True),
    Column("case_id", Text, nullable=False, index=True),
    Column("cause", Text, nullable=False),
    Column("applied_on", Date, nullable=False),
    Column("lacking", Text, nullable=False, default="[]"),
    Column("reminded_on", Date),
    Column("state", Text, nullable=False, index=True),
    Column("decided_on", Date),
    Column("review_on", Date),
)

disputes = Table(
    "disputes",
    metadata,
    Column("dispute_id", Text, primary_key=True),
    Column("case_id", Text, nullable=False, index=True),
    Column("kind", Text, nullable=False),
    Column("raised_on", Date, nullable=False),
    Column("state", Text, nullable=False, index=True),
    Column("outcome", Text, nullable=False, default=""),
    Column("proof", Text, nullable=False, default=""),
    Column("reply", Text, nullable=False, default=""),
    Column("answered_on", Date),
)

credit_notices = Table(
    "credit_notices",
    metadata,
    Column("notice_id", Text, primary_key=True),
    Column("case_id", Text, nullable=False, index=True),
    Column("party_id", Text, nullable=False),
    Column("channel", Text, nullable=False),
    Column("given_on", Date, nullable=False),
    Column("proof", Text, nullable=False, default=""),
)

credit_objections = Table(
    "credit_objections",
    metadata,
    Column("objection_id", Text, primary_key=True),
    Column("case_id", Text, nullable=False, index=True),
    Column("months", Text, nullable=False),
    Column("ground", Text, nullable=False),
    Column("raised_on", Date, nullable=False),
    Column("state", Text, nullable=False, index=True),
    Column("outcome", Text, nullable=False, default=""),
    Column("reply", Text, nullable=False, default=""),
    Column("answered_on", Date),
    Column("corrected_on", Date),
)

documents_made = Table(
    "documents_made",
    metadata,
    Column("case_id", Text, primary_key=True),
    Column("sha256", Text, primary_key=True),
    Column("kind", Text, nullable=False),
    Column("node", Text, nullable=False, default=""),
    Column("made_on", Date, nullable=False),
)

papers = Table(
    "papers",
    metadata,
    Column("case_id", Text, primary_key=True),
    Column("sha256", Text, primary_key=True),
    Column("kind", Text, nullable=False),
    Column("media_type", Text, nullable=False),
    Column("size", BigInteger, nullable=False),
    Column("node", Text, nullable=False, default=""),
    Column("dated_on", Date),
    Column("original_at", Text, nullable=False, default=""),
    Column("source", Text, nullable=False, default=""),
    Column("received_on", Date, nullable=False),
)

originals = Table(
    "originals",
    metadata,
    Column("case_id", Text, primary_key=True),
    Column("sha256", Text, primary_key=True),
    Column("original_at", Text, nullable=False),
    Column("seen_by", Text, nullable=False),
    Column("seen_on", Date, nullable=False),
    Column("beside", Text, nullable=False, default=""),
    Column("confirmed_by", Text, nullable=False, default=""),
    Column("confirmed_on", Date),
)

paper_steps = Table(
    "paper_steps",
    metadata,
    Column("case_id", Text, primary_key=True),
    Column("sha256", Text, primary_key=True),
    Column("stage", Text, primary_key=True),
    Column("who", Text, primary_key=True),
    Column("stepped_on", Date, nullable=False),
    Column("template", Text, nullable=False, default=""),
    Column("facts", Text, nullable=False, default=""),
    Column("copy", Text, nullable=False, default=""),
    Column("number", Text, nullable=False, default="", index=True),
    Column("channel", Text, nullable=False, default=""),
    Column("proof", Text, nullable=False, default=""),
    Column("needed", Integer, nullable=False, default=1),
)

recordings = Table(
    "recordings",
    metadata,
    Column("case_id", Text, primary_key=True),
    Column("system", Text, primary_key=True),
    Column("reference", Text, primary_key=True),
    Column("permit_id", Text, nullable=False),
    Column("call_id", Text, nullable=False, default=""),
    Column("seconds", Integer),
    Column("sha256", Text, nullable=False, default=""),
    Column("referred_on", Date, nullable=False),
)

promises = Table(
    "promises",
    metadata,
    Column("promise_id", Text, primary_key=True),
    Column("case_id", Text, nullable=False, index=True),
    Column("made_on", Date),
    Column("due_on", Date, nullable=False, index=True),
    Column("amount", BigInteger),
    Column("paid", BigInteger),
    Column("state", Text, nullable=False),
    Column("judged_on", Date),
)

arrangements = Table(
    "arrangements",
    metadata,
    Column("arrangement_id", Text, primary_key=True),
    Column("case_id", Text, nullable=False, index=True),
    Column("kind", Text, nullable=False),
    Column("state", Text, nullable=False, index=True),
    Column("made_on", Date, nullable=False),
    Column("until_on", Date, nullable=False),
    Column("total", BigInteger, nullable=False),
    Column("waived", BigInteger, nullable=False),
    Column("restructured", Boolean, nullable=False),
    Column("proof", Text, nullable=False),
    Column("ended_on", Date),
)

arrangement_dues = Table(
    "arrangement_dues",
    metadata,
    Column("arrangement_id", Text, primary_key=True),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("case_id", Text, nullable=False, index=True),
    Column("due_on", Date, nullable=False),
    Column("amount", BigInteger, nullable=False),
    Column("state", Text, nullable=False),
    Column("judged_on", Date),
)
interest_checks = Table(
    "interest_checks",
    metadata,
    Column("account_id", Text, primary_key=True),
    Column("from_on", Date, nullable=False),
    Column("as_of", Date, nullable=False),
    Column("principal", BigInteger),
    Column("interest", BigInteger, nullable=False),
    Column("penalty", Text, nullable=False),
    Column("compound", Text, nullable=False),
    Column("told", BigInteger, nullable=False),
    Column("terms", Text, nullable=False),
    Column("braked", Text, nullable=False),
)
"""Our penalty and compound interest of a loan in arrears, as exact fractions, beside the core's (`interest_watch`)."""

work_items = Table(
    "work_items",
    metadata,
    Column("item_id", Text, primary_key=True),
    Column("kind", Text, nullable=False),
    Column("account_id", Text, nullable=False, index=True),
    Column("opened_on", Date, nullable=False),
    Column("closed_on", Date),
    Column("what", Text, nullable=False),
)
Index(
    "ix_work_items_open",
    work_items.c.kind,
    sqlite_where=text("closed_on IS NULL"),
    postgresql_where=text("closed_on IS NULL"),
)

actors = Table(
    "actors",
    metadata,
    Column("actor", Text, primary_key=True),
    Column("kind", Text, nullable=False),
    Column("roles", Text, nullable=False),
    Column("token_hash", Text, unique=True),
    Column("os_user", Text, unique=True),
    Column("airflow_user", Text, unique=True),
)

delegations = Table(
    "delegations",
    metadata,
    Column("delegation_id", Text, primary_key=True),
    Column("giver", Text, nullable=False),
    Column("taker", Text, nullable=False),
    Column("from_on", Date, nullable=False),
    Column("until_on", Date, nullable=False),
)

gate_codes = Table(
    "gate_codes",
    metadata,
    Column("code_hash", Text, primary_key=True),
    Column("gate_id", Text, nullable=False, index=True),
    Column("actor", Text, nullable=False),
    Column("good_until_on", Date, nullable=False),
    Column("used", Boolean, nullable=False),
)

gate_forms = Table(
    "gate_forms",
    metadata,
    Column("form", Text, primary_key=True),
    Column("gate_id", Text, nullable=False, index=True),
    Column("actor", Text, nullable=False),
    Column("status", Text, nullable=False),
    Column("refused", Text, nullable=False),
)

standing = Table(
    "standing",
    metadata,
    Column("grant_id", Text, primary_key=True),
    Column("node", Text, nullable=False),
    Column("granted_by", Text, nullable=False),
    Column("from_on", Date, nullable=False),
    Column("until_on", Date, nullable=False),
)

# --- source records: rows from the bank's files; the batch event holds their proof ---------------------------------

batches = Table(
    "batches",
    metadata,
    Column("batch_id", Text, primary_key=True),
    Column("as_of", Date, nullable=False),
    Column("known_on", Date, nullable=False),
)

last_files = Table(
    "last_files",
    metadata,
    Column("name", Text, primary_key=True),
    Column("sha256", Text, nullable=False),
    Column("rows", Integer, nullable=False),
    Column("clean", Boolean, nullable=False),
    Column("batch_id", Text, nullable=False),
)

accounts = Table(
    "accounts",
    metadata,
    Column("account_id", Text, primary_key=True),
    Column("person_id", Text, nullable=False, index=True),
    Column("shard", Integer, nullable=False),
    Column("jurisdiction", Text, nullable=False),
    Column("product", Text, nullable=False),
    Column("currency", Text, nullable=False),
    Column("entity", Text, nullable=False),
    Column("branch", Text, nullable=False),
    Column("opened_on", Date, nullable=False),
    Column("known_on", Date, nullable=False),
    Column("terms", Text, nullable=False),
    Column("security", Text, nullable=False),
    Column("pauses", Text, nullable=False),
    Column("book_status", Text, nullable=False),
    Column("oldest_unpaid_due_on", Date),
    Column("overdue", BigInteger),
    Column("principal", BigInteger),
    Column("interest", BigInteger),
    Column("penalty", BigInteger),
    Column("compound", BigInteger),
    Column("fees", BigInteger),
    Column("costs", BigInteger),
    Column("balance_as_of", Date),
    Column("exposure", BigInteger),
    Column("deposits", BigInteger),
    Column("deposit_rows", Text, nullable=False, default="[]"),
    Column("plan_as_of", Date),
    Column("plan_overdue", BigInteger),
    Column("plan_next_on", Date),
)
Index("ix_accounts_unpaid", accounts.c.shard, accounts.c.oldest_unpaid_due_on)

account_terms = Table(
    "account_terms",
    metadata,
    Column("account_id", Text, primary_key=True),
    Column("known_on", Date, primary_key=True),
    Column("row", Text, nullable=False),
)

instalments = Table(
    "instalments",
    metadata,
    Column("account_id", Text, primary_key=True),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("known_on", Date, primary_key=True),
    Column("due_on", Date, nullable=False),
    Column("amount", BigInteger, nullable=False),
)

payments = Table(
    "payments",
    metadata,
    Column("payment_id", Text, primary_key=True),
    Column("account_id", Text, nullable=False, index=True),
    Column("paid_on", Date, nullable=False),
    Column("amount", BigInteger, nullable=False),
    Column("off_plan", BigInteger, nullable=False),
    Column("kind", Text, nullable=False),
    Column("row", Text, nullable=False),
    Column("known_on", Date, nullable=False),
    Column("batch_id", Text, nullable=False),
)

balances = Table(
    "balances",
    metadata,
    Column("account_id", Text, primary_key=True),
    Column("as_of", Date, primary_key=True),
    Column("known_on", Date, primary_key=True),
    Column("principal", BigInteger, nullable=False),
    Column("interest", BigInteger, nullable=False),
    Column("penalty", BigInteger, nullable=False),
    Column("compound", BigInteger, nullable=False),
    Column("fees", BigInteger, nullable=False),
    Column("costs", BigInteger, nullable=False),
    Column("overdue", BigInteger),
)

pauses = Table(
    "pauses",
    metadata,
    Column("account_id", Text, primary_key=True),
    Column("from_on", Date, primary_key=True),
    Column("known_on", Date, primary_key=True),
    Column("to_on", Date, nullable=False),
    Column("resumed_on", Date),
    Column("reason", Text, nullable=False, default=""),
)

roles = Table(
    "roles",
    metadata,
    Column("account_id", Text, primary_key=True),
    Column("party_id", Text, primary_key=True),
    Column("role", Text, primary_key=True),
    Column("basis", Text, nullable=False, default=""),
    Column("evidence", Text, nullable=False, default=""),
    Column("from_on", Date),
    Column("to_on", Date),
    Column("known_on", Date, nullable=False),
)
Index("ix_roles_party_id", roles.c.party_id)

guarantees = Table(
    "guarantees",
    metadata,
    Column("guarantee_id", Text, primary_key=True),
    Column("account_id", Text, nullable=False, index=True),
    Column("party_id", Text, nullable=False),
    Column("row", Text, nullable=False),
    Column("known_on", Date, nullable=False),
)

collateral = Table(
    "collateral",
    metadata,
    Column("collateral_id", Text, primary_key=True),
    Column("account_id", Text, nullable=False, index=True),
    Column("row", Text, nullable=False),
    Column("known_on", Date, nullable=False),
)

deposits = Table(
    "deposits",
    metadata,
    Column("deposit_id", Text, primary_key=True),
    Column("party_id", Text, nullable=False, index=True),
    Column("source", Text, nullable=False),
    Column("currency", Text, nullable=False),
    Column("balance", BigInteger, nullable=False),
    Column("as_of", Date, nullable=False),
    Column("known_on", Date, nullable=False),
)

documents = Table(
    "documents",
    metadata,
    Column("document_id", Text, primary_key=True),
    Column("account_id", Text, nullable=False, index=True),
    Column("party_id", Text, nullable=False, default=""),
    Column("kind", Text, nullable=False),
    Column("dated_on", Date),
    Column("sha256", Text, nullable=False),
    Column("original_at", Text, nullable=False, default=""),
    Column("known_on", Date, nullable=False),
)

statements = Table(
    "statements",
    metadata,
    Column("account_id", Text, primary_key=True),
    Column("month", Text, primary_key=True),
    Column("statement_on", Date, nullable=False),
    Column("due_on", Date, nullable=False),
    Column("balance", BigInteger, nullable=False),
    Column("minimum_due", BigInteger, nullable=False),
    Column("known_on", Date, nullable=False),
)

book_totals = Table(
    "book_totals",
    metadata,
    Column("month_end", Date, primary_key=True),
    Column("entity", Text, primary_key=True),
    Column("branch", Text, primary_key=True),
    Column("product", Text, primary_key=True),
    Column("currency", Text, primary_key=True),
    Column("accounts", BigInteger, nullable=False),
    Column("balance", BigInteger, nullable=False),
)

credit_reports = Table(
    "credit_reports",
    metadata,
    Column("account_id", Text, primary_key=True),
    Column("month", Text, primary_key=True),
    Column("status", Text, nullable=False),
    Column("reported_on", Date, nullable=False),
    Column("known_on", Date, nullable=False),
)

past_rows = Table(
    "past_rows",
    metadata,
    Column("name", Text, primary_key=True),
    Column("row_key", Text, primary_key=True),
    Column("account_id", Text, nullable=False, index=True),
    Column("party_id", Text, nullable=False, index=True),
    Column("happened_on", Date, nullable=False),
    Column("row", Text, nullable=False),
    Column("known_on", Date, nullable=False),
    Column("batch_id", Text, nullable=False),
)

bank_actions = Table(
    "bank_actions",
    metadata,
    Column("action_no", Text, primary_key=True),
    Column("account_id", Text, nullable=False),
    Column("person_id", Text, nullable=False),
    Column("done_on", Date, nullable=False, index=True),
    Column("at", Text, nullable=False, default=""),
    Column("node", Text, nullable=False, default=""),
    Column("action", Text, nullable=False),
    Column("channel", Text, nullable=False, default=""),
    Column("done_by", Text, nullable=False, default=""),
    Column("known_on", Date, nullable=False),
)

# --- personal: encrypted per field, found by blind index, erased with the person's key ----------------------------

parties = Table(
    "parties",
    metadata,
    Column("party_id", Text, primary_key=True),
    Column("kind", Text, nullable=False),
    Column("time_zone", Text, nullable=False),
    Column("status", Text, nullable=False, default=""),
    Column("legal_hold", Boolean, nullable=False, default=False),
    Column("wrapped_key", LargeBinary),
    Column("key_id", Text, nullable=False),
    Column("known_on", Date, nullable=False),
)

personal = Table(
    "personal",
    metadata,
    Column("party_id", Text, primary_key=True),
    Column("field", Text, primary_key=True),
    Column("n", Integer, primary_key=True, autoincrement=False),
    Column("value", LargeBinary, nullable=False),
    Column("blind_index", Text),
)
Index("ix_personal_blind_index", personal.c.blind_index)

contacts = Table(
    "contacts",
    metadata,
    Column("contact_id", Text, primary_key=True),
    Column("party_id", Text, nullable=False, index=True),
    Column("channel", Text, nullable=False),
    Column("value", LargeBinary, nullable=False),
    Column("number_id", Text, nullable=False, index=True),
    Column("contractual", Boolean),
    Column("consent", Boolean),
    Column("source", Text, nullable=False, default=""),
    Column("whose", Text, nullable=False, default=""),
    Column("valid_from", Date),
    Column("valid_to", Date),
    Column("window_from", Text, nullable=False, default=""),
    Column("window_to", Text, nullable=False, default=""),
    Column("known_on", Date, nullable=False),
    Column("time_zone", Text, nullable=False, default="", server_default=""),
)

quarantine = Table(
    "quarantine",
    metadata,
    Column("batch_id", Text, primary_key=True),
    Column("file", Text, primary_key=True),
    Column("row", Integer, primary_key=True, autoincrement=False),
    Column("field", Text, primary_key=True),
    Column("reason", Text, nullable=False),
    Column("raw", LargeBinary, nullable=False),
)
