"""Runs valgen in a process that notes files opened outside of the project and its libraries, and connections."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import valgen

_PROGRAM = """
import json, os, sys
allowed = tuple(os.path.realpath(one) + os.sep for one in json.loads(sys.argv[1]))
seen = set()
calls = ("socket.connect", "socket.getaddrinfo", "subprocess.Popen", "os.system", "os.exec", "os.fork",
         "os.posix_spawn", "os.spawn", "os.startfile", "urllib.Request", "webbrowser.open", "http.client.connect")
def hook(name, given):
    if name == "open" and isinstance(given[0], (str, bytes)):
        path = os.path.realpath(os.fsdecode(given[0])) + os.sep
        if not path.startswith(allowed) and path != os.devnull + os.sep:
            seen.add(path)
    elif name in calls:
        seen.add(name)
import valgen.cli
import valgen.workflow.publish
sys.addaudithook(hook)
try:
    valgen.cli.main(sys.argv[2:])
finally:
    print("OUTSIDE", json.dumps(sorted(seen)))
"""
_SYSTEM = ("/usr/share/zoneinfo", "/usr/lib", "/usr/share/locale", "/etc/mime.types", "/proc")


def guarded(root: Path, arguments: tuple[str, ...], env: dict[str, str]) -> tuple[list[str], str]:
    """Run a command and return what it did outside, with everything that it printed.

    Args:
        root: folder of the project, in which temporary files are made too.
        arguments: of the command line.
        env: environment; names the cache and the key store.
    """
    own = [str(root), env["VALGEN_CACHE"], env["VALGEN_KEYSTORE"]]
    libraries = [sys.prefix, sys.base_prefix, str(Path(valgen.__file__).parents[2]), *_SYSTEM]
    done = subprocess.run(
        [sys.executable, "-c", _PROGRAM, json.dumps([*own, *libraries]), *arguments], cwd=root, capture_output=True,
        text=True, encoding="utf-8", check=False, env={**env, "TMPDIR": str(root), "TEMP": str(root)},
    )  # fmt: skip
    said = done.stdout + done.stderr
    assert done.returncode == 0, said
    (line,) = [line for line in done.stdout.splitlines() if line.startswith("OUTSIDE ")]
    return json.loads(line.removeprefix("OUTSIDE ")), said


def environment(**more: str) -> dict[str, str]:
    """Return the environment of the tests with more variables."""
    return {**os.environ, "COLUMNS": "200", **more}
