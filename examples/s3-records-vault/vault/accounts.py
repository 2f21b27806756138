"""Accounts, authentication and the authority table. Implements DS-006.

Accounts are kept by the server outside the record bucket, because they change; what was done under them is in the
audit trail, which does not.
"""

from __future__ import annotations

import enum
import hashlib
import hmac
import os
import re
from dataclasses import dataclass, replace

from vault.refusals import AccountExists, AccountLocked, AuthenticationFailed, NotPermitted, PackageInvalid, UnknownUser

MAX_FAILED_ATTEMPTS = 3
MIN_PASSWORD = 12
MAX_PASSWORD = 128

_USER_ID = re.compile(r"[a-z0-9]{2,20}")


class Role(enum.StrEnum):
    """Role of an account; an account has one."""

    CONTRIBUTOR = "contributor"  # stores revisions and signs as their author
    REVIEWER = "reviewer"  # signs as reviewer
    APPROVER = "approver"  # signs as approver, releases, sets legal holds
    INSPECTOR = "inspector"  # reads, verifies, exports
    ADMINISTRATOR = "administrator"  # manages accounts, sees no record


class Function(enum.StrEnum):
    """Function of the vault, as named in the authority table."""

    STORE = "store a revision"
    READ = "read a revision"
    VERIFY = "verify a package"
    SIGN_AUTHORED = "sign as author"
    SIGN_REVIEWED = "sign as reviewer"
    SIGN_APPROVED = "sign as approver"
    RELEASE = "release a revision"
    HOLD = "set or lift a legal hold"
    EXPORT = "export a copy"
    AUDIT = "list an audit trail"
    MANAGE = "manage accounts"


_READERS = frozenset((Role.CONTRIBUTOR, Role.REVIEWER, Role.APPROVER, Role.INSPECTOR))

AUTHORITY: dict[Function, frozenset[Role]] = {
    Function.STORE: frozenset((Role.CONTRIBUTOR,)),
    Function.READ: _READERS,
    Function.VERIFY: _READERS,
    Function.SIGN_AUTHORED: frozenset((Role.CONTRIBUTOR,)),
    Function.SIGN_REVIEWED: frozenset((Role.REVIEWER,)),
    Function.SIGN_APPROVED: frozenset((Role.APPROVER,)),
    Function.RELEASE: frozenset((Role.APPROVER,)),
    Function.HOLD: frozenset((Role.APPROVER,)),
    Function.EXPORT: frozenset((Role.REVIEWER, Role.APPROVER, Role.INSPECTOR)),
    Function.AUDIT: frozenset((Role.REVIEWER, Role.APPROVER, Role.INSPECTOR)),
    Function.MANAGE: frozenset((Role.ADMINISTRATOR,)),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """One person's account.

    Attributes:
        user: id, never given to anybody else.
        printed_name: as it stands under a signature.
        failed_attempts: consecutive ones.
    """

    user: str
    printed_name: str
    role: Role
    salt: bytes
    password_hash: bytes
    active: bool = True
    failed_attempts: int = 0

    @property
    def locked(self) -> bool:
        """Whether an administrator has to unlock it."""
        return self.failed_attempts >= MAX_FAILED_ATTEMPTS


class Accounts:
    """Every account that was ever created."""

    def __init__(self) -> None:
        self._accounts: dict[str, Account] = {}

    def create(self, user: str, printed_name: str, role: Role, password: str) -> Account:
        """Add an account.

        Raises:
            AccountExists: the id was assigned before, be the account active or not.
            PackageInvalid: id, name or password are not as they must be.
        """
        if user in self._accounts:
            raise AccountExists(f"the user id {user} was assigned to {self._accounts[user].printed_name}")
        if not _USER_ID.fullmatch(user):
            raise PackageInvalid(f"{user!r} is no user id: 2 to 20 lower-case letters or digits are wanted")
        if not printed_name.strip():
            raise PackageInvalid("the printed name is empty")
        if not MIN_PASSWORD <= len(password) <= MAX_PASSWORD:
            raise PackageInvalid(f"a password has {MIN_PASSWORD} to {MAX_PASSWORD} characters")
        salt = os.urandom(16)
        account = Account(
            user=user, printed_name=printed_name, role=role, salt=salt, password_hash=_hash(password, salt)
        )
        self._accounts[user] = account
        return account

    def deactivate(self, user: str) -> None:
        """Close an account; its id stays taken.

        Raises:
            UnknownUser: there is no active account of this id.
        """
        self._accounts[user] = replace(self.get(user), active=False)

    def unlock(self, user: str) -> None:
        """Let a locked account try again.

        Raises:
            UnknownUser: there is no active account of this id.
        """
        self._accounts[user] = replace(self.get(user), failed_attempts=0)

    def change_role(self, user: str, role: Role) -> None:
        """Give an account another role, as after a change of duties.

        Raises:
            UnknownUser: there is no active account of this id.
        """
        self._accounts[user] = replace(self.get(user), role=role)

    def get(self, user: str) -> Account:
        """Return an active account.

        Raises:
            UnknownUser: there is none of this id, or it was deactivated.
        """
        account = self._accounts.get(user)
        if account is None or not account.active:
            raise UnknownUser(f"no active account {user}")
        return account

    def authenticate(self, user: str, password: str) -> Account:
        """Check both components of a signature.

        Raises:
            AuthenticationFailed: they do not fit together; the attempt is counted.
            AccountLocked: the account was locked before this attempt.
            UnknownUser: there is no active account of this id.
        """
        account = self.get(user)
        if account.locked:
            raise AccountLocked(f"the account {user} is locked after {MAX_FAILED_ATTEMPTS} failed attempts")
        if not hmac.compare_digest(_hash(password, account.salt), account.password_hash):
            failed = replace(account, failed_attempts=account.failed_attempts + 1)
            self._accounts[user] = failed
            state = "; the account is now locked" if failed.locked else ""
            raise AuthenticationFailed(f"user id and password do not fit together{state}")
        self._accounts[user] = replace(account, failed_attempts=0)
        return account

    def permit(self, user: str, function: Function) -> Account:
        """Check the authority for an act.

        Raises:
            NotPermitted: the role of the account is not named for this function.
            UnknownUser: there is no active account of this id.
        """
        account = self.get(user)
        if account.role not in AUTHORITY[function]:
            raise NotPermitted(f"the role {account.role} may not {function}")
        return account


def _hash(password: str, salt: bytes) -> bytes:
    return hashlib.scrypt(password.encode(), salt=salt, n=2**14, r=8, p=1)
