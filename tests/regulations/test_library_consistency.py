"""The clause libraries as data: they load strictly, ids are unique, references resolve, nothing is missing."""

from __future__ import annotations

import pathlib
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

import pytest
import yaml

import valgen.regulations
from valgen.regulations import index

DATA = pathlib.Path(valgen.regulations.__file__).parent / "data"
FILES = sorted(DATA.glob("*.yaml"))
ALLOWED = {
    "kind": {"technical", "procedural", "both"},
    "applies": {"closed", "open", "both", "signatures"},
    "role": {"requirement", "scope", "definition", "heading"},
    "coverage": {"required", "conditional", "reference", "none"},
    "origin": {"named", "service-only", "own"},
}
CLAUSE_KEYS = {"id", "title", "role", "coverage", "kind", "applies", "responsible", "demand", "expected_evidence",
               "typical_failures", "related"}  # fmt: skip
MACHINE_PATH = re.compile(r"(?<![\w:/.\-)\]])/(?:[a-z_][\w.\-]*/)+[\w.\-]+")


class StrictLoader(yaml.SafeLoader):
    """Refuses a key that stands twice in one mapping."""


def _strict_mapping(loader: StrictLoader, node: yaml.MappingNode) -> dict[Any, Any]:
    keys = [loader.construct_object(key, deep=True) for key, _ in node.value]
    twice = [key for key, count in Counter(keys).items() if count > 1]
    if twice:
        raise yaml.YAMLError(f"line {node.start_mark.line + 1}: key twice: {twice}")
    return loader.construct_mapping(node, deep=True)


StrictLoader.add_constructor(yaml.resolver.BaseResolver.DEFAULT_MAPPING_TAG, _strict_mapping)


def load(path: pathlib.Path) -> dict[str, Any]:
    return yaml.load(path.read_text(encoding="utf-8"), Loader=StrictLoader)


@pytest.fixture(scope="module")
def documents() -> dict[str, dict[str, Any]]:
    return {path.name: load(path) for path in FILES}


def nodes(value: Any, where: str) -> Iterator[tuple[str, Mapping[str, Any]]]:
    if isinstance(value, Mapping):
        yield where, value
        for key, inner in value.items():
            yield from nodes(inner, f"{where}.{key}")
    elif isinstance(value, list):
        for number, inner in enumerate(value):
            yield from nodes(inner, f"{where}[{number}]")


def all_nodes(documents: Mapping[str, Any]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    for name, document in documents.items():
        yield from nodes(document, name)


def part11_ids() -> set[str]:
    letters = "abcdefghijk"
    want = {f"11.1({x})" for x in "abcdefghijklmnop"} | {"11.2(a)", "11.2(b)", "11.2(b)(1)", "11.2(b)(2)", "11.3(a)"}
    want |= {f"11.3(b)({n})" for n in range(1, 10)} | {f"11.10({x})" for x in letters}
    want |= {"11.10", "11.10(k)(1)", "11.10(k)(2)", "11.30", "11.50(a)", "11.50(b)", "11.70"}
    want |= {f"11.50(a)({n})" for n in (1, 2, 3)}
    want |= {"11.100(a)", "11.100(b)", "11.100(c)", "11.100(c)(1)", "11.100(c)(2)"}
    want |= {f"11.200(a){x}" for x in ("", "(1)", "(1)(i)", "(1)(ii)", "(2)", "(3)")} | {"11.200(b)", "11.300"}
    want |= {f"11.300({x})" for x in "abcde"}
    return {"21CFR" + clause for clause in want}


def annex11_ids() -> set[str]:
    want = {str(n) for n in range(1, 18)} | {f"3.{n}" for n in range(1, 5)} | {f"4.{n}" for n in range(1, 9)}
    want |= {"7.1", "7.2", "8.1", "8.2", "14(a)", "14(b)", "14(c)"} | {f"12.{n}" for n in range(1, 5)}
    return {"Annex11." + clause for clause in want}


def test_ten_libraries_are_shipped() -> None:
    assert len(FILES) == 10


def test_no_mapping_of_a_library_has_a_key_twice(documents: dict[str, dict[str, Any]]) -> None:
    assert all(document["library"] for document in documents.values())


def test_file_name_is_the_name_of_its_library(documents: dict[str, dict[str, Any]]) -> None:
    assert {name.removesuffix(".yaml") for name in documents} == {d["library"] for d in documents.values()}


def test_every_id_is_unique_over_all_libraries(documents: dict[str, dict[str, Any]]) -> None:
    counted = Counter(node["id"] for _, node in all_nodes(documents) if "id" in node)
    assert [clause for clause, count in counted.items() if count > 1] == []


def test_every_reference_resolves(documents: dict[str, dict[str, Any]]) -> None:
    known = {node["id"] for _, node in all_nodes(documents) if "id" in node}
    dangling = [
        f"{where}: {reference}"
        for where, node in all_nodes(documents)
        for key in ("related", "clauses", "controls")
        for reference in (node.get(key) if isinstance(node.get(key), list) else [])
        if isinstance(reference, str) and reference not in known
    ]
    assert dangling == []


@pytest.mark.parametrize(("wanted", "name"), [(part11_ids(), "21-cfr-part-11"), (annex11_ids(), "eu-annex-11")])
def test_every_clause_of_the_regulation_is_present(
    documents: dict[str, dict[str, Any]], wanted: set[str], name: str
) -> None:
    assert wanted - {clause["id"] for clause in documents[f"{name}.yaml"]["clauses"]} == set()


def test_every_closed_field_holds_an_allowed_word(documents: dict[str, dict[str, Any]]) -> None:
    wrong = [
        f"{where}: {key} is {node[key]!r}"
        for where, node in all_nodes(documents)
        for key, allowed in ALLOWED.items()
        if isinstance(node.get(key), str) and node[key] not in allowed
    ]
    wrong += [
        f"{where}: responsible {node['responsible']}"
        for where, node in all_nodes(documents)
        if isinstance(node.get("responsible"), list)
        and not set(node["responsible"]) <= {"system", "organisation", "supplier"}
    ]
    assert wrong == []


def test_no_field_is_empty(documents: dict[str, dict[str, Any]]) -> None:
    empty = [f"{where}.{key}" for where, node in all_nodes(documents) for key, value in node.items()
             if value is None or value == ""]  # fmt: skip
    assert empty == []


def test_every_clause_has_the_fields_of_the_schema(documents: dict[str, dict[str, Any]]) -> None:
    clauses = [clause for document in documents.values() for clause in document.get("clauses", [])]
    assert [(clause["id"], CLAUSE_KEYS - set(clause)) for clause in clauses if CLAUSE_KEYS - set(clause)] == []


def test_every_counted_demand_says_which_evidence_answers_it(documents: dict[str, dict[str, Any]]) -> None:
    clauses = [clause for document in documents.values() for clause in document.get("clauses", [])]
    assert [
        clause["id"]
        for clause in clauses
        if clause["role"] == "requirement"
        and clause["coverage"] in ("required", "conditional")
        and not clause["expected_evidence"]
    ] == []


def test_every_conditional_clause_names_its_condition(documents: dict[str, dict[str, Any]]) -> None:
    clauses = [clause for document in documents.values() for clause in document.get("clauses", [])]
    assert [c["id"] for c in clauses if c["coverage"] == "conditional" and not c.get("condition")] == []


def test_no_library_holds_a_path_of_a_machine() -> None:
    found = [
        f"{path.name}:{number}"
        for path in FILES
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
        if "://" not in line and MACHINE_PATH.search(line)
    ]
    assert found == []


def test_index_equals_the_libraries() -> None:
    shipped = (DATA / "index.json").read_text(encoding="utf-8")
    assert shipped == index.index_text(index.build_index(DATA)), "run python -m valgen.regulations.index"


def test_index_names_a_clause_that_stands_in_two_libraries(tmp_path: pathlib.Path) -> None:
    for name in ("one", "two"):
        (tmp_path / f"{name}.yaml").write_text(f"library: {name}\ntitle: T\nclauses: [{{id: X.1, title: t}}]\n")
    with pytest.raises(ValueError, match=r"two\.yaml: X\.1 stands in one already"):
        index.build_index(tmp_path)
