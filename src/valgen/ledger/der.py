"""DER, the one spelling of ASN.1, as far as time stamps need it.

Lengths in their shortest form, tags of one byte, nothing behind the end: what does not fit is refused. It splits
bytes into elements and puts them together; what they mean is the matter of the caller.

Leaves to others: certificates (``certificates``) and tokens (``timestamps``). Source: ITU-T X.690 chapter 10.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

INTEGER, BIT_STRING, OCTETS, NULL, OID, UTF8 = 0x02, 0x03, 0x04, 0x05, 0x06, 0x0C
BOOLEAN, SEQUENCE, SET, CONTEXT_0, CONTEXT_1 = 0x01, 0x30, 0x31, 0xA0, 0xA1


@dataclass(frozen=True, slots=True)
class Element:
    """One value.

    Attributes:
        tag: first byte.
        content: without tag and length.
        raw: with them.
    """

    tag: int
    content: bytes
    raw: bytes

    def children(self) -> list[Element]:
        """Return the elements of a constructed value, in order.

        Raises:
            ValueError: the content is not made of whole elements.
        """
        return split(self.content)


def split(data: bytes) -> list[Element]:
    """Return the elements that ``data`` consists of, up to its last byte.

    Raises:
        ValueError: cut off, or not in the one spelling of DER.
    """
    found: list[Element] = []
    place = 0
    while place < len(data):
        found.append(first(data, place))
        place += len(found[-1].raw)
    return found


def first(data: bytes, place: int = 0) -> Element:
    """Return the element that begins at byte ``place``, whatever follows it.

    Raises:
        ValueError: cut off, or not in the one spelling of DER.
    """
    head = place + 2
    if head > len(data) or data[place] & 0x1F == 0x1F:
        raise ValueError(f"no element begins at byte {place}")
    size = data[place + 1]
    if size & 0x80:
        count = size & 0x7F
        digits = data[head : head + count]
        size = int.from_bytes(digits, "big")
        if not 1 <= count <= 4 or len(digits) < count or size < 0x80 or not digits[0]:
            raise ValueError(f"the length at byte {place + 1} is not in its one spelling")
        head += count
    if head + size > len(data):
        raise ValueError(f"the element at byte {place} is cut off")
    return Element(data[place], data[head : head + size], data[place : head + size])


def only(data: bytes, tag: int) -> Element:
    """Return the one element that ``data`` is.

    Raises:
        ValueError: it has another tag, or bytes are missing or left over.
    """
    found = split(data)
    if len(found) != 1:
        raise ValueError("bytes are left over behind the end" if found else "it is empty")
    if found[0].tag != tag:
        raise ValueError(f"an element has the tag {found[0].tag:#04x} where {tag:#04x} is due")
    return found[0]


def wrap(tag: int, *parts: bytes) -> bytes:
    """Return the element with this tag whose content is ``parts`` one after the other."""
    content = b"".join(parts)
    if len(content) < 0x80:
        return bytes([tag, len(content)]) + content
    digits = len(content).to_bytes((len(content).bit_length() + 7) // 8, "big")
    return bytes([tag, 0x80 | len(digits)]) + digits + content


def set_of(elements: Iterable[bytes], tag: int = SET) -> bytes:
    """Return a set in the order that DER prescribes."""
    return wrap(tag, *sorted(elements))


def whole_number(value: int) -> bytes:
    """Return an integer that is not negative."""
    return wrap(INTEGER, value.to_bytes(value.bit_length() // 8 + 1, "big"))


def identifier(dotted: str) -> bytes:
    """Return an object identifier, such as ``2.16.840.1.101.3.4.2.1``."""
    first, second, *rest = (int(part) for part in dotted.split("."))
    content = b""
    for number in (40 * first + second, *rest):
        digits = bytes([number & 0x7F])
        while number := number >> 7:
            digits = bytes([0x80 | number & 0x7F]) + digits
        content += digits
    return wrap(OID, content)
