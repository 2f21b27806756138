"""What is installed, as package metadata, program and files show it."""

from __future__ import annotations

import importlib
import importlib.metadata
import json
import platform
import re
import sys
import sysconfig
from pathlib import Path
from typing import Any

from pytest_bdd import parsers, then, when

from .judge import equal, holds, same_members
from .workbench import Workbench, program


@when("the tester asks the installed program, the package metadata and the imported package for their version")
def _(bench: Workbench, evidence: Any) -> None:
    answer = bench.valgen("--version")
    bench.facts["versions"] = {
        "program": answer.out.split()[-1],
        "metadata": importlib.metadata.version("valgen"),
        "package": importlib.import_module("valgen").__version__,
    }
    evidence.actual(answer.out.strip())
    evidence.table([{"where": where, "version": version} for where, version in bench.facts["versions"].items()])


@then(parsers.parse('each of them is "{version}"'))
def _(bench: Workbench, version: str, evidence: Any) -> None:
    equal(evidence, "versions", {version}, set(bench.facts["versions"].values()))


@then("the program belongs to the Python that executes this run")
def _(evidence: Any) -> None:
    path = Path(program())
    scripts = Path(sysconfig.get_path("scripts"))
    first = path.read_bytes().splitlines()[0].decode("utf-8", "replace")
    holds(
        evidence,
        "the program lies in the folder of programs of this Python",
        path.name,
        path.parent.resolve() == scripts.resolve(),
    )
    evidence.actual(f"begins with the interpreter {Path(first.removeprefix('#!')).name}")


@when("the tester reads the entry points of the installed package")
def _(bench: Workbench, evidence: Any) -> None:
    points = [point for point in importlib.metadata.distribution("valgen").entry_points]
    bench.facts["points"] = points
    evidence.table([{"group": point.group, "name": point.name, "leads to": point.value} for point in points])


@then("they are")
def _(bench: Workbench, datatable: list[list[str]], evidence: Any) -> None:
    seen = [" ".join((point.group, point.name, point.value)) for point in bench.facts["points"]]
    wanted = [" ".join(row) for row in datatable[1:]]
    holds(evidence, f"these entry points: {wanted}", seen, set(wanted) <= set(seen))


@then("every entry point can be loaded")
def _(bench: Workbench, evidence: Any) -> None:
    loaded = [point.value for point in bench.facts["points"] if point.load() is not None]
    holds(evidence, "every entry point", loaded, len(loaded) == len(bench.facts["points"]) > 0)


@when("the tester compares every required package with its declared range")
def _(bench: Workbench, evidence: Any) -> None:
    from packaging.requirements import Requirement

    rows = []
    for text in importlib.metadata.requires("valgen") or ():
        requirement = Requirement(text)
        if requirement.marker is not None and not requirement.marker.evaluate({"extra": ""}):
            continue
        try:
            version = importlib.metadata.version(requirement.name)
        except importlib.metadata.PackageNotFoundError:
            version = ""
        fits = bool(version) and requirement.specifier.contains(version, prereleases=True)
        rows.append(
            {
                "package": requirement.name,
                "declared": str(requirement.specifier),
                "installed": version or "missing",
                "within": fits,
            }
        )
    bench.facts["required"] = rows
    evidence.table(rows)


@then("each is installed within its range")
def _(bench: Workbench, evidence: Any) -> None:
    rows = bench.facts["required"]
    outside = [row["package"] for row in rows if not row["within"]]
    holds(
        evidence,
        f"{len(rows)} packages within their ranges",
        f"outside: {outside or 'none'}",
        len(rows) >= 10 and not outside,
    )


@then("doctor shows the same versions and ends with exit status 0")
def _(bench: Workbench, evidence: Any) -> None:
    answer = bench.valgen("doctor")
    shown = dict(re.findall(r"^\s+(\S+)\s+(\d\S*)$", answer.out, re.M))
    evidence.actual(answer.out)
    equal(evidence, "exit status", 0, answer.status)
    different = [
        row["package"] for row in bench.facts["required"] if shown.get(row["package"].lower()) != row["installed"]
    ]
    holds(evidence, "every required package with its version", f"different: {different or 'none'}", not different)


@then("doctor ends with exit status 1 where a required package is missing")
def _(bench: Workbench, evidence: Any) -> None:
    folder = bench.home / "hidden"
    folder.mkdir()
    # The metadata of one package are hidden from one process, as if it had been removed.
    (folder / "sitecustomize.py").write_text(
        "import importlib.metadata as m\n"
        "found = m.version\n"
        "def version(name):\n"
        "    if name == 'python-docx':\n"
        "        raise m.PackageNotFoundError(name)\n"
        "    return found(name)\n"
        "m.version = version\n",
        "utf-8",
    )
    bench.prefer(folder)
    answer = bench.valgen("doctor")
    del bench.variables["PYTHONPATH"]
    line = next(line for line in answer.out.splitlines() if "python-docx" in line)
    equal(evidence, "exit status", 1, answer.status)
    holds(evidence, "python-docx is shown as missing", line, "missing" in line)


@when("the tester lists the files of the installed package and its metadata")
def _(bench: Workbench, evidence: Any) -> None:
    files = [str(path) for path in importlib.metadata.files("valgen") or ()]
    package = Path(importlib.import_module("valgen").__file__ or "").parent
    bench.facts["package"] = package
    evidence.actual(
        f"{len(files)} files in the record of the installation, {sum(1 for _ in package.rglob('*.py'))} modules"
    )


@then("the licence is Apache-2.0 with its text, and py.typed is there")
def _(bench: Workbench, evidence: Any) -> None:
    metadata = importlib.metadata.metadata("valgen")
    equal(evidence, "licence", "Apache-2.0", metadata["License-Expression"])
    distribution = importlib.metadata.distribution("valgen")
    texts = [distribution.read_text(f"licenses/{name}") for name in metadata.get_all("License-File") or ()]
    holds(
        evidence,
        "text of the licence",
        [text.strip().splitlines()[0].strip() for text in texts if text],
        any("Apache License" in (text or "") for text in texts),
    )
    holds(evidence, "py.typed", "there", (bench.facts["package"] / "py.typed").is_file())


@then("these templates are listed")
def _(bench: Workbench, datatable: list[list[str]], evidence: Any) -> None:
    answer = bench.valgen("template list")
    shown = set(re.findall(r"[\w-]+", answer.out))
    missing = [name for (name,) in datatable[1:] if name not in shown]
    holds(evidence, "every template", answer.out.strip(), answer.status == 0 and not missing)


@then(parsers.parse('the clause libraries "{first}" and "{second}" answer for every clause that they list'))
def _(bench: Workbench, first: str, second: str, evidence: Any) -> None:
    for name in (first, second):
        found = json.loads(bench.valgen(f"regulations {name} --json").out)
        poor = [one["id"] for one in found if not one.get("title") or not one.get("demand")]
        holds(
            evidence,
            f"{name}: title and demand of each clause",
            f"{len(found)} clauses, without: {poor or 'none'}",
            len(found) > 40 and not poor,
        )


@then("a schema is written for each of these")
def _(bench: Workbench, datatable: list[list[str]], evidence: Any) -> None:
    folder = bench.home / "schemas"
    answer = bench.valgen(f"schema -o '{folder}'")
    equal(evidence, "exit status", 0, answer.status)
    written = [path.name.removesuffix(".schema.json") for path in folder.glob("*.schema.json")]
    wanted = [name for (name,) in datatable[1:]]
    same_members(evidence, "schemas", wanted, [name for name in written if name in wanted])


@when("the tester records computer, operating system, Python and every installed package")
def _(bench: Workbench, evidence: Any) -> None:
    packages = {dist.metadata["Name"]: dist.version for dist in importlib.metadata.distributions()}
    bench.facts["packages"] = dict(sorted(packages.items(), key=lambda pair: pair[0].lower()))
    evidence.table(
        [
            {"fact": "computer", "found": platform.node()},
            {"fact": "operating system", "found": platform.platform()},
            {"fact": "architecture", "found": platform.machine()},
            {"fact": "Python", "found": f"{platform.python_implementation()} {platform.python_version()}"},
            {"fact": "packages", "found": str(len(packages))},
        ]
    )


@then("Python is 3.11 or later")
def _(evidence: Any) -> None:
    holds(evidence, "at least 3.11", platform.python_version(), sys.version_info >= (3, 11))


@then("the list of packages with their versions is attached")
def _(bench: Workbench, evidence: Any) -> None:
    packages = bench.facts["packages"]
    data = "\n".join(f"{name}=={version}" for name, version in packages.items()) + "\n"
    evidence.attach(data.encode("utf-8"), "packages.txt", "text/plain")
    holds(evidence, "valgen and pytest are in it", f"{len(packages)} packages", {"valgen", "pytest"} <= set(packages))
