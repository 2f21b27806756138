"""The environment in which a run takes place, for step code: a name and variables."""

from __future__ import annotations

from collections.abc import Iterator, Mapping


class Environment(Mapping[str, str]):
    """Variables of the chosen environment, by name.

    Args:
        name: of the environment; empty where the project declares none.
        variables: with the values of secrets; valgen redacts these in everything it keeps.
    """

    def __init__(self, name: str, variables: Mapping[str, str]) -> None:
        self.name = name
        self._variables = dict(variables)

    def __getitem__(self, name: str) -> str:
        return self._variables[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._variables)

    def __len__(self) -> int:
        return len(self._variables)

    def __repr__(self) -> str:
        # Values may be secrets, and this text ends up in tracebacks.
        return f"Environment({self.name!r}, variables: {', '.join(self._variables) or 'none'})"
