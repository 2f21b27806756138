"""``valgen doctor``."""

from __future__ import annotations

import importlib.metadata
import importlib.util
import platform
import shutil

import click

_PACKAGES = (
    "click",
    "cryptography",
    "docutils",
    "gherkin-official",
    "markdown-it-py",
    "networkx",
    "openpyxl",
    "pikepdf",
    "pyhanko",
    "pyhanko-certvalidator",
    "pyotp",
    "pytest",
    "pytest-bdd",
    "python-docx",
    "pyyaml",
    "rfc3161-client",
    "segno",
    "sphinx",
    "typst",
)
_EXTRAS = {"pytest-xdist": "parallel", "boto3": "aws"}


@click.command("doctor")
def command() -> int:
    """Show what this machine has and lacks for valgen. Exit status 1 when something required is missing."""
    click.echo(f"Python {platform.python_version()} on {platform.system()} {platform.release()}")
    missing = 0
    for name in _PACKAGES:
        version = _version(name)
        missing += version is None
        click.echo(f"  {name:<18} {version or click.style('missing', fg='red')}")
    for name, extra in _EXTRAS.items():
        version = _version(name)
        click.echo(f"  {name:<18} {version or f'not installed; pip install valgen[{extra}] brings it'}")
    fast = _fast_yaml()
    click.echo(f"  fast YAML reader   {'yes' if fast else 'no: large projects are read slower, with equal results'}")
    for tool, use in (
        ("git", "commit and changes are recorded with each run"),
        ("soffice", "Word files can be shown as PDF"),
    ):
        found = shutil.which(tool)
        click.echo(f"  {tool:<18} {'found' if found else 'not found'}: {use}")
    click.echo(
        click.style(
            "Everything required is here." if not missing else f"{missing} required packages are missing.",
            fg="green" if not missing else "red",
            bold=True,
        )
    )
    return 1 if missing else 0


def _version(name: str) -> str | None:
    try:
        return importlib.metadata.version(name)
    except importlib.metadata.PackageNotFoundError:
        return None


def _fast_yaml() -> bool:
    return importlib.util.find_spec("yaml._yaml") is not None
