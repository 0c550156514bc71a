"""Settings: read once from the environment, checked, and handed on. No other module reads the environment."""

from __future__ import annotations

import hmac
from collections.abc import Mapping
from pathlib import Path
from typing import Literal
from zoneinfo import ZoneInfo

import msgspec

from recourse.documents.arrived import LARGEST_BYTES
from recourse.documents.font_choice import SHIPPED, FontChoice, font_choice
from recourse.errors import UserError
from recourse.ledger.vault import DEMO_KEY, is_demo_key, parse_master_key

Mode = Literal["development", "demo", "production"]
DEFAULT_LEDGER = "sqlite:///var/recourse.db"
SECRET_AT_LEAST = 32
"""Characters of the console's secret."""
MOST_MEGABYTES = 1024
ZONES = {"cn": "Asia/Shanghai", "tw": "Asia/Taipei", "us": "America/New_York"}


class Settings(msgspec.Struct, frozen=True):
    """What a desk is opened with.

    `ledger`: its address; `home`: folder for outbox, documents and the bank's own packs; `key`: the vault's master key;
    `smtp`: ``smtp://user:password@host:port`` or ""; `jurisdiction`: whose working days the bank keeps;
    `console_secret`: what the console's cookies are signed with; `largest_paper`: bytes of a paper that people bring in;
    `faces`: fonts besides the shipped ones.
    """

    ledger: str
    home: Path
    key: bytes
    mode: Mode = "development"
    token: str = ""
    smtp: str = ""
    jurisdiction: str = "cn"
    fonts: Path | None = None
    faces: FontChoice = SHIPPED
    console_secret: str = ""
    largest_paper: int = LARGEST_BYTES

    @property
    def is_demo(self) -> bool:
        return self.mode == "demo"

    @property
    def zone(self) -> ZoneInfo:
        """The clock of the bank's head office, by which its business day is today."""
        return ZoneInfo(ZONES.get(self.jurisdiction, ZONES["cn"]))

    @property
    def session_secret(self) -> bytes:
        """What signs the console's cookies: its own secret, which production demands; else derived from the vault's key."""
        if len(self.console_secret) >= SECRET_AT_LEAST:
            return self.console_secret.encode()
        if self.console_secret or self.mode == "production":
            mend = f"set {SECRET_AT_LEAST} random characters or more, the same for every process of the console"
            raise UserError("the console needs a secret of its own", where="RECOURSE_CONSOLE_SECRET", mend=mend)
        return hmac.digest(self.key, b"recourse/console-session", "sha256")


def read(environment: Mapping[str, str], *, ledger: str = "") -> Settings:
    """Settings from the environment; production refuses the demo key."""
    mode = environment.get("RECOURSE_MODE", "development")
    if mode not in ("development", "demo", "production"):
        raise UserError(f"unknown mode {mode!r}", where="RECOURSE_MODE", mend="development, demo or production")
    given = environment.get("RECOURSE_KEY", "")
    key = parse_master_key(given) if given else DEMO_KEY
    if mode == "production" and is_demo_key(key):
        raise UserError("production mode with the demo key", where="RECOURSE_KEY", mend="set a key of your own")
    fonts = environment.get("RECOURSE_FONTS", "")
    return Settings(
        ledger=ledger or environment.get("RECOURSE_LEDGER", DEFAULT_LEDGER),
        home=Path(environment.get("RECOURSE_HOME", "var")),
        key=key,
        mode=mode,  # type: ignore[arg-type]  # checked above
        token=environment.get("RECOURSE_TOKEN", ""),
        smtp=environment.get("RECOURSE_SMTP", ""),
        jurisdiction=environment.get("RECOURSE_JURISDICTION", "cn"),
        fonts=Path(fonts) if fonts else None,
        faces=font_choice(environment.get("RECOURSE_SERIF_FONT", ""), environment.get("RECOURSE_FALLBACK_FONTS", "")),
        console_secret=environment.get("RECOURSE_CONSOLE_SECRET", ""),
        largest_paper=_megabytes(environment.get("RECOURSE_LARGEST_PAPER_MB", "")),
    )


def _megabytes(text: str) -> int:
    """Bytes of so many megabytes; the default when nothing is set."""
    if not text:
        return LARGEST_BYTES
    if not text.isascii() or not text.isdigit() or not 0 < int(text) <= MOST_MEGABYTES:
        raise UserError(f"not a size: {text[:20]!r}", where="RECOURSE_LARGEST_PAPER_MB", mend=f"1 to {MOST_MEGABYTES}")
    return int(text) * 1024 * 1024
