"""What several documents ask of the same project, worked out once, and what each of them read on the way.

Every document of a pack asks for the same cases, standings and views. An answer belongs to the very objects that it
was made from: they are values that never change, so an answer holds for as long as they are the same objects.

Whoever wants to know later whether a document would still say the same asks which parts of the project were read
while it was made (``reading``). Those parts are numbers here; who gives them out notes each read in ``read``. An answer
that was made earlier for somebody else counts as read with everything that was read for it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar

_T = TypeVar("_T")


class Memo:
    """Answers by question and by what they were made from.

    Attributes:
        read: numbers of what was read for the question that is being answered; new ones are added.
        reads: purpose to the numbers of everything that was read for it.
    """

    def __init__(self) -> None:
        self._known: dict[tuple[object, ...], tuple[tuple[object, ...], Any, frozenset[int]]] = {}
        self.read: set[int] = set()
        self.reads: dict[str, set[int]] = {}

    def get(self, question: tuple[object, ...], sources: tuple[object, ...], make: Callable[[], _T]) -> _T:
        """Return the answer to a question, made now when it is not known.

        Args:
            question: what is asked, hashable.
            sources: every object that the answer is made from; they are kept, so that none is taken for another.
            make: makes the answer, a value that nobody changes.
        """
        key = (question, *map(id, sources))
        found = self._known.get(key)
        if found is None:
            outer = self.read
            own: set[int] = set()
            self.read = own
            try:
                made = make()
            finally:
                self.read = outer
            found = self._known[key] = (sources, made, frozenset(own))
        if found[2]:
            self.read |= found[2]
        answer: _T = found[1]
        return answer

    @contextmanager
    def reading(self, purpose: str) -> Iterator[None]:
        """Count what is read within as read for a purpose, such as the key of a document; purposes add up."""
        outer = self.read
        own: set[int] = set()
        self.read = own
        try:
            yield
        finally:
            self.read = outer
            outer |= own
            self.reads.setdefault(purpose, set()).update(own)
