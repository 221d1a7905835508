"""Which account an access key id belongs to: a rule, not a table. Imports errors only."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass

from emulator.errors import ApiError

DEFAULT_ACCOUNT = "1000000000000001"
_LETTERS = 26
# Real key ids look otherwise, so none can be sent here by mistake and be taken.
_KEY = re.compile(r"emulator(?:-([a-z0-9]+)(?:-([a-z0-9-]+))?)?")


@dataclass(frozen=True)
class Identity:
    """Who signed a request: the account, one of its RAM users, or a session of one of its roles."""

    access_key_id: str
    account_id: str
    user: str = ""
    user_id: str = ""
    role: str = ""
    role_id: str = ""
    session: str = ""
    # What the session may do at most, as AssumeRole was told.
    session_policy: str = ""

    @property
    def arn(self) -> str:
        """Return the resource name of the caller."""
        name = f"user/{self.user}" if self.user else "root"
        return (
            f"acs:ram::{self.account_id}:{f'assumed-role/{self.role}/{self.session}' if self.role else name}"
        )

    @property
    def principal_id(self) -> str:
        """Return the account id, the RAM user's own id, or the role's with the session."""
        if self.role:
            return f"{self.role_id}:{self.session}"
        return (self.user_id or user_id(self.account_id, self.user)) if self.user else self.account_id

    @property
    def type(self) -> str:
        """Return what kind of caller this is."""
        if self.role:
            return "AssumedRoleUser"
        return "RAMUser" if self.user else "Account"


def identify(access_key_id: str) -> Identity:
    """Map `emulator[-label[-user]]` to its account; any other key might be a real one and is refused."""
    match = _KEY.fullmatch(access_key_id)
    if match is None:
        raise unknown_key()
    return Identity(access_key_id, _account_of(match.group(1) or "a"), match.group(2) or "")


def nobody() -> Identity:
    """Return the caller of a call that nobody signs."""
    return Identity("", "")


def unknown_key() -> ApiError:
    """404 for a key that nobody has."""
    return ApiError(
        404, "InvalidAccessKeyId.NotFound", "The Access Key ID provided does not exist in our records."
    )


def user_id(account: str, user: str) -> str:
    """Return the id of the RAM user that a key names, whether RAM knows it or not."""
    return _digits(f"{account}/{user}", "2")


def label_of(account: str) -> str:
    """Return the key of a single letter that has an account, or nothing: words cannot be told back."""
    letter = int(account) - int(DEFAULT_ACCOUNT) if account.isdecimal() else -1
    if not 0 <= letter < _LETTERS:
        return ""
    return f"emulator-{chr(ord('a') + letter)}" if letter else "emulator"


def _account_of(label: str) -> str:
    # Single letters give ids that a person can tell apart in a log.
    if len(label) == 1 and label.isalpha():
        return str(int(DEFAULT_ACCOUNT) + ord(label) - ord("a"))
    return _digits(label, "1")


def _digits(text: str, first: str) -> str:
    number = int.from_bytes(hashlib.sha256(text.encode()).digest()[:8], "big")
    return first + str(number % 10**15).zfill(15)
