"""Commands, options, tests and codes that pages name exist."""

from __future__ import annotations

import re
from pathlib import Path

import click
import pytest

_COMMAND = re.compile(r"^(?:\$ |\s*run: |\S*/|\s+)?valgen ([a-z]+)((?: +[^\s`|#)]+)*)", re.MULTILINE)
_CODE_SPAN = re.compile(r"`([^`\n]+)`")
_FENCED = re.compile(r"^```[^\n]*\n(.*?)^```$", re.DOTALL | re.MULTILINE)


def _pages(repository: Path) -> list[Path]:
    written = [path for path in (repository / "docs").glob("*.md") if path.name not in ("format.md", "errors.md")]
    return [repository / "README.md", *sorted(written)]


def _shown(page: Path) -> str:
    """Return what stands as code on a page, a line for each piece."""
    content = page.read_text(encoding="utf-8")
    content = re.sub(r"<!-- generated: commands -->.*?<!-- end generated -->", "", content, flags=re.DOTALL)
    fenced = "\n".join(_FENCED.findall(content))
    spans = "\n".join(_CODE_SPAN.findall(_FENCED.sub("", content)))
    return f"{fenced}\n{spans}"


def _options(command: click.Command) -> set[str]:
    found = {"--help", "-h"}
    for parameter in command.params:
        if isinstance(parameter, click.Option):
            found.update(parameter.opts)
    if isinstance(command, click.Group):
        for inner in command.commands.values():
            found |= _options(inner)
    return found


def test_every_command_and_option_that_a_page_shows_exists(repository: Path) -> None:
    from valgen.cli import COMMANDS, _root

    context = click.Context(_root, info_name="valgen")
    seen = set()
    for page in _pages(repository):
        for name, rest in _COMMAND.findall(_shown(page)):
            assert name in COMMANDS, f"{page.name}: valgen {name}"
            seen.add(name)
            command = _root.get_command(context, name)
            assert command is not None
            known = _options(command)
            own = rest.partition(" --pytest ")[0]
            for option in re.findall(r" (--?[a-z][a-z-]*)", own):
                assert option in known, f"{page.name}: valgen {name} {option}"
    assert seen == set(COMMANDS), f"no page shows {sorted(set(COMMANDS) - seen)}"


def test_every_make_target_that_a_page_names_exists(repository: Path) -> None:
    makefile = (repository / "Makefile").read_text(encoding="utf-8")
    targets = set(re.findall(r"^([a-z-]+):", makefile, re.MULTILINE))
    for page in _pages(repository):
        assert set(re.findall(r"^make ([a-z-]+)", _shown(page), re.MULTILINE)) <= targets, page.name


def test_every_test_that_limits_names_exists(repository: Path) -> None:
    page = (repository / "docs" / "limits.md").read_text(encoding="utf-8")
    defined = {
        name
        for path in (repository / "tests").rglob("test_*.py")
        for name in re.findall(r"def (test_\w+)", path.read_text(encoding="utf-8"))
    }
    named = re.findall(r"`(test_\w+)`", page)
    assert named
    assert [name for name in named if name not in defined] == []
    files = re.findall(r"`(tests/[\w/.]+)`", page)
    assert [name for name in files if not (repository / name).is_file()] == []


def test_every_code_that_a_page_names_exists(repository: Path) -> None:
    from valgen.codes import CODES

    for page in _pages(repository):
        named = set(re.findall(r"\bVG\d{3}\b", page.read_text(encoding="utf-8")))
        assert named <= set(CODES), page.name


def test_every_file_that_a_page_links_to_exists(repository: Path) -> None:
    for page in _pages(repository):
        content = _FENCED.sub("", page.read_text(encoding="utf-8"))
        for target in re.findall(r"\]\(([\w/.-]+\.md)[)#]", content):
            assert (page.parent / target).is_file(), f"{page.name}: {target}"


def test_every_environment_variable_that_a_page_names_is_read(repository: Path) -> None:
    source = "\n".join(path.read_text(encoding="utf-8") for path in (repository / "src").rglob("*.py"))
    named = set(re.findall(r"`(VALGEN_[A-Z]+)`", (repository / "docs" / "running.md").read_text(encoding="utf-8")))
    read = set(re.findall(r"environ(?:\.get\(|\[)\"(VALGEN_\w+)\"", source))
    assert named == read


@pytest.mark.parametrize("word", ["Merkle", "doctree", "fsync", "TODO", "pip install valgen"])
def test_pages_for_users_speak_their_language(repository: Path, word: str) -> None:
    for page in _pages(repository):
        if page.name != "architecture.md":
            assert word not in page.read_text(encoding="utf-8"), page.name
