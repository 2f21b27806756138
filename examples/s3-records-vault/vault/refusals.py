"""Refusals of the vault, each with a code that scripts and people read alike. Implements DS-005."""

from __future__ import annotations


class VaultRefusal(Exception):
    """The vault did not do what was asked for.

    Args:
        detail: what was wrong, one sentence without a full stop.
    """

    @property
    def code(self) -> str:
        """Stable word of this refusal."""
        return type(self).__name__

    @property
    def detail(self) -> str:
        """What was wrong."""
        return str(self)


class PackageInvalid(VaultRefusal):
    """A package or a copy is not built as it must be."""


class DigestMismatch(VaultRefusal):
    """The storage service reports another digest than that of the bytes sent."""


class StorageRefused(VaultRefusal):
    """The storage service refused a request; the detail begins with its code."""


class RevisionExists(VaultRefusal):
    """The number of a revision is taken."""


class NotFound(VaultRefusal):
    """Record, revision or audit trail does not exist."""


class Altered(VaultRefusal):
    """Stored bytes differ from the manifest."""


class UnknownUser(VaultRefusal):
    """No active account of this user id."""


class AccountExists(VaultRefusal):
    """The user id was assigned before."""


class NotPermitted(VaultRefusal):
    """The role may not use this function."""


class AuthorMayNotApprove(VaultRefusal):
    """The author of a revision signs it as its approver."""


class AuthenticationFailed(VaultRefusal):
    """User id and password do not fit together."""


class AccountLocked(VaultRefusal):
    """Too many failed attempts; an administrator has to unlock the account."""


class NotSigned(VaultRefusal):
    """A signature that the release needs is missing or invalid."""
