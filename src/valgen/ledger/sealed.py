"""Private keys of people and of the root, sealed under a password.

    data = seal(private, "four words that are long", role="person", origin=origin, account="u-0001")
    opened = unseal(data, "four words that are long", role="person", origin=origin, account="u-0001")
    opened.key.sign(message)

A sealed key is one line of canonical JSON. The password goes through Argon2id (RFC 9106), whose output is the key of
AES-256-GCM over the 32 secret bytes and the secret of a second factor, if any. Everything else on the line - whose
key it is, the public key, the cost of Argon2id - is bound as associated data: a line moved to another account or
ledger does not open, and neither does one whose cost was lowered. Passwords are compared in the Unicode form NFKC,
so that they work from every keyboard (NIST SP 800-63B, 5.1.1.2).

A wrong password and a damaged line give the same error, because nobody can tell them apart. A machine that cannot do
the work of Argon2id gives another one, so that it is not taken for a wrong password.

No files and no clock here. Source: integrity.md §3.3, S-6.
"""

from __future__ import annotations

import base64
import secrets
import unicodedata
from dataclasses import dataclass, field
from typing import Any, NoReturn

from valgen.errors import AuthorityError, ExecutionError, VerificationError
from valgen.ledger.canonical import decode_line, encode, strict_base64
from valgen.ledger.keys import SEALED_ROLES, PrivateKey, SigningKey

FORMAT = 1
_KEYS = {"account", "format", "kdf", "origin", "public", "role", "sealed"}
_COST_KEYS = {"lanes", "memory_kib", "name", "passes", "salt"}
_SEED = 32
_NONCE = 12
_LOWEST = (8 * 1024, 1, 1)
_HIGHEST = (1024 * 1024, 16, 16)  # a file that somebody planted must not occupy the machine
_MOST_FACTOR = 128


@dataclass(frozen=True, slots=True, kw_only=True)
class Cost:
    """What one guess at a password costs: parameters of Argon2id.

    Attributes:
        memory_kib: memory, KiB.
        passes: over that memory.
        lanes: computed side by side.
    """

    memory_kib: int = 64 * 1024
    passes: int = 3
    lanes: int = 4


COST = Cost()
"""Of every key that is sealed now; integrity.md S-6."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Unsealed:
    """An opened key.

    Attributes:
        key: able to sign.
        private: to be sealed again under another password.
        second_factor: secret of one-time codes; empty for none.
    """

    key: SigningKey
    private: PrivateKey = field(repr=False)
    second_factor: bytes = field(repr=False, default=b"")


def seal(
    private: PrivateKey,
    password: str,
    *,
    role: str,
    origin: str,
    account: str,
    second_factor: bytes = b"",
    cost: Cost = COST,
) -> bytes:
    """Return a private key sealed under a password: one line with its newline.

    Args:
        private: the key.
        password: of its holder, any length from 1 character; ``passwords`` says which are good.
        role: ``person`` or ``root``.
        origin: of the ledger that the key is for; empty for a root key that is made before its ledger.
        account: of the holder; empty for the root.
        second_factor: secret of one-time codes, at most 128 bytes; empty for none.
        cost: of Argon2id.

    Raises:
        ExecutionError: this machine cannot do the work of Argon2id (VG531).
    """
    if role not in SEALED_ROLES:
        raise ValueError(role)
    if len(second_factor) > _MOST_FACTOR:
        raise ValueError("the secret of the second factor is too long")
    salt, nonce = secrets.token_bytes(16), secrets.token_bytes(_NONCE)
    public: dict[str, Any] = {
        "account": account,
        "format": FORMAT,
        "kdf": {
            "lanes": cost.lanes,
            "memory_kib": cost.memory_kib,
            "name": "argon2id",
            "passes": cost.passes,
            "salt": salt.hex(),
        },
        "origin": origin,
        "public": private.public.hex(),
        "role": role,
    }
    box = _cipher(password, salt, cost).encrypt(nonce, private.seed() + second_factor, encode(public))
    return encode({**public, "sealed": base64.b64encode(nonce + box).decode("ascii")}) + b"\n"


def unseal(data: bytes, password: str, *, role: str, origin: str, account: str) -> Unsealed:
    """Open a sealed key.

    Args:
        data: as ``seal`` gave it.
        password: as typed.
        role: that the key must have.
        origin: of the ledger that it must be for.
        account: of the holder that it must have.

    Raises:
        AuthorityError: the password is wrong, or the key is damaged, or another's (VG530).
        ExecutionError: this machine cannot do the work of Argon2id (VG531).
    """
    public, box, cost, salt = _read(data)
    if (public["role"], public["origin"], public["account"]) != (role, origin, account):
        _refuse()
    from cryptography.exceptions import InvalidTag

    try:
        clear = _cipher(password, salt, cost).decrypt(box[:_NONCE], box[_NONCE:], encode(public))
    except InvalidTag:
        _refuse()
    private = PrivateKey(clear[:_SEED])
    if private.public.hex() != public["public"]:
        _refuse()
    return Unsealed(key=private.signing_key(role), private=private, second_factor=clear[_SEED:])


def public_part(data: bytes) -> bytes:
    """Return the 32 raw public bytes that a sealed key says it has; nothing proves them before it is opened.

    Raises:
        AuthorityError: damaged (VG530).
    """
    return bytes.fromhex(_read(data)[0]["public"])


def same_work(password: str, cost: Cost = COST) -> None:
    """Do the work of opening a key without one, so that time does not tell whether an account exists (S-9)."""
    _cipher(password, bytes(16), cost)


def normalised(password: str) -> str:
    """Return a password in the form in which it is used: Unicode NFKC."""
    return unicodedata.normalize("NFKC", password)


def _cipher(password: str, salt: bytes, cost: Cost) -> Any:
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    return AESGCM(_derive(normalised(password).encode("utf-8", "surrogatepass"), salt, cost))


def _derive(password: bytes, salt: bytes, cost: Cost) -> bytes:
    from cryptography.exceptions import UnsupportedAlgorithm
    from cryptography.hazmat.primitives.kdf.argon2 import Argon2id

    try:
        return Argon2id(
            salt=salt, length=32, iterations=cost.passes, lanes=cost.lanes, memory_cost=cost.memory_kib
        ).derive(password)
    except MemoryError:
        reason = f"{cost.memory_kib // 1024} MiB of memory are not free"
    except UnsupportedAlgorithm:
        reason = "its cryptography library does not know Argon2id"
    raise ExecutionError(
        f"this computer cannot work with passwords now: {reason}",
        why="keys are sealed in a way that makes every guess at the password costly",
        fix="close other programs; if that does not help, install the package cryptography as valgen asks for it",
        code="VG531",
    )


def _read(data: bytes) -> tuple[dict[str, Any], bytes, Cost, bytes]:
    """Return the public part, the sealed bytes, the cost and the salt."""
    try:
        value = decode_line(data.removesuffix(b"\n"))
        if value.keys() != _KEYS or type(value["kdf"]) is not dict or value["kdf"].keys() != _COST_KEYS:
            _refuse()
        sealed = value.pop("sealed")
        kdf = value["kdf"]
        numbers = (kdf["memory_kib"], kdf["passes"], kdf["lanes"])
        texts = (value["account"], value["origin"], value["role"], value["public"], kdf["salt"], kdf["name"], sealed)
        if not all(type(one) is int for one in numbers) or not all(type(one) is str for one in texts):
            _refuse()
        inside = all(low <= one <= high for low, one, high in zip(_LOWEST, numbers, _HIGHEST, strict=True))
        if value["format"] != FORMAT or kdf["name"] != "argon2id" or not inside or numbers[0] < 8 * numbers[2]:
            _refuse()
        box, salt = strict_base64(sealed), bytes.fromhex(kdf["salt"])
        if len(salt) != 16 or len(bytes.fromhex(value["public"])) != 32 or len(box) < _NONCE + _SEED + 16:
            _refuse()
    except (VerificationError, ValueError):
        raise _wrong() from None  # the cause would tell damage from a wrong password
    return value, box, Cost(memory_kib=numbers[0], passes=numbers[1], lanes=numbers[2]), salt


def _wrong() -> AuthorityError:
    return AuthorityError(
        "the key cannot be opened",
        why="the password is wrong, or the file was damaged or belongs to another account; which one cannot be told",
        fix="try again; whoever lost the password or the file gets a new key by a reset",
        code="VG530",
    )


def _refuse() -> NoReturn:
    raise _wrong()
