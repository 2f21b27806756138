"""What several documents ask of the same project, worked out once.

Every document of a pack asks for the same cases, standings and views. An answer belongs to the very objects that it
was made from: they are values that never change, so an answer holds for as long as they are the same objects.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

_T = TypeVar("_T")


class Memo:
    """Answers by question and by what they were made from."""

    def __init__(self) -> None:
        self._known: dict[tuple[object, ...], tuple[tuple[object, ...], Any]] = {}

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
            found = self._known[key] = (sources, make())
        answer: _T = found[1]
        return answer
