# ruff: noqa: E501  (tables of cases read better with one case per line)
"""The strict YAML reader: what it reads, what it refuses, and where."""

import pytest

from valgen.readers import yaml_events
from valgen.readers.text import decode, place_of
from valgen.readers.yaml_events import Block, Listing, Text, read_yaml


def plain(node):
    if isinstance(node, Block):
        return {key: plain(value) for key, (value, _, _) in node.items()}
    if isinstance(node, Listing):
        return [plain(entry) for entry in node]
    return node.value if isinstance(node, Text) else None


def codes(text):
    return [(found.code, found.location.line, found.location.column) for found in read_yaml("a.yaml", text)[1]]


@pytest.mark.parametrize(
    "written",
    ["NO", "no", "on", "1.10", "12:30", "010", ".inf", "~", "null", "true", "2026-03-02", "0x1F", "1_000", "=", "y"],
)
def test_bare_word_is_the_text_that_was_written(written):
    assert plain(read_yaml("a.yaml", f"key: {written}\n")[0]) == {"key": written}


def test_flow_mapping_is_a_plain_mapping():
    root, findings = read_yaml("a.yaml", "a: {b: [c, 'd, e'], f: g}\n")
    assert plain(root) == {"a": {"b": ["c", "d, e"], "f": "g"}}
    assert not findings


def test_block_texts_keep_their_lines():
    root, _ = read_yaml("a.yaml", "a: |\n  one\n  two\nb: >\n  three\n  four\n")
    assert plain(root) == {"a": "one\ntwo\n", "b": "three four\n"}


def test_places_count_lines_and_characters_from_one():
    root, _ = read_yaml("a.yaml", "ä: {ß: ö,  x: value}\n")
    block = root["ä"][0]
    value, key_line, key_column = block["x"]
    assert (value.line, value.column, key_line, key_column) == (1, 15, 1, 12)


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_line_ends_do_not_move_places(end):
    root, findings = read_yaml("a.yaml", end.join(["a: b", "c: d", ""]))
    assert not findings
    assert root["c"][0].line == 2


REFUSED = {
    "key twice": ("a: 1\nb: 2\na: 3\n", [("VG017", 3, 1)]),
    "key twice in quotes": ("a: 1\n'a': 2\n", [("VG017", 2, 1)]),
    "key twice in a flow mapping": ("x: {a: 1, a: 2}\n", [("VG017", 1, 11)]),
    "anchor and alias": ("a: &x 1\nb: *x\n", [("VG018", 1, 4), ("VG018", 2, 4)]),
    "anchor on a mapping": ("a: &x {b: c}\n", [("VG018", 1, 4)]),
    "alias as key": ("a: 1\n*x : 2\n", [("VG018", 2, 1)]),
    "recursive alias": ("&a [*a]\n", [("VG018", 1, 1), ("VG018", 1, 5)]),
    "tag": ("a: !!str 12\n", [("VG019", 1, 4)]),
    "python tag": ("a: !!python/object/apply:os.system [ls]\n", [("VG019", 1, 4)]),
    "bare tag": ("a: ! x\n", [("VG019", 1, 4)]),
    "merge key": ("a: 1\n<<: {b: 2}\n", [("VG020", 2, 1)]),
    "list as key": ("[a, b]: c\n", [("VG021", 1, 1)]),
    "complex key": ("? {a: b}\n: c\n", [("VG021", 1, 3)]),
    "key of several lines": ("? |\n  a\n: c\n", [("VG021", 1, 3)]),
    "second document": ("a: 1\n---\nb: 2\n", [("VG022", 2, 1)]),
    "tab indentation": ("a:\n\tb: 1\n", [("VG016", 2, 1)]),
    "tab inside a list": ("a:\n  - b: 1\n\t  c: 2\n", [("VG016", 3, 1)]),
    "unclosed quote": ("a: 'x\nb: 1\n", [("VG015", 1, 4)]),
    "unclosed bracket": ("a: [x, y\nb: 1\n", [("VG015", 1, 4)]),
    "unclosed brace": ("a: {x: y\nb: 1\n", [("VG015", 1, 4)]),
    "second colon": ("a: b: c\n", [("VG015", 1, 5)]),
    "missing colon": ("a: 1\nb\nc: 2\n", [("VG015", 2, 1)]),
    "bad indentation": ("a:\n  b: 1\n c: 2\n", [("VG015", 3, 2)]),
    "text after a quote": ("a: 'x' y\n", [("VG015", 1, 8)]),
    "text beginning with @": ("a: @x\n", [("VG015", 1, 4)]),
    "text beginning with *": ("a: **bold** text\n", [("VG015", 1, 5)]),
    "unknown escape": ('a: "C:\\temp\\q"\n', [("VG015", 1, 12)]),
    "escaped NUL": ('a: "x\\0"\n', [("VG013", 1, 4)]),
    "escaped right-to-left override": ('a: "x\\u202Ey"\n', [("VG025", 1, 4)]),
    "escaped surrogate": ('a: "\\uD800"\n', [("VG013", 1, 7)]),
    "control character": ("a: 1\nb: x\x07y\n", [("VG013", 2, 5)]),
    "invisible line separator": ("a: x\u2028y\n", [("VG013", 1, 5)]),
}


@pytest.mark.parametrize(("text", "expected"), REFUSED.values(), ids=REFUSED.keys())
def test_what_is_refused_has_a_code_and_a_place(text, expected):
    assert codes(text) == expected


def test_every_mistake_of_a_file_is_found_at_once():
    assert codes("a: &x 1\na: 2\nb: *x\nc: !t 1\n<<: 1\n[d]: 1\n") == [
        ("VG018", 1, 4), ("VG017", 2, 1), ("VG018", 3, 4), ("VG019", 4, 4), ("VG020", 5, 1), ("VG021", 6, 1),
    ]  # fmt: skip


def test_refused_entries_leave_the_others_in_place():
    root, _ = read_yaml("a.yaml", "a: 1\na: 2\n[x]: {y: z}\n<<: {p: q}\nb: *c\nd: 3\n")
    assert plain(root) == {"a": "1", "b": None, "d": "3"}


def test_alias_bomb_ends_early_and_expands_nothing():
    rows = ["a0: &a0 [x, x]"] + [f"a{n}: &a{n} [*a{n - 1}, *a{n - 1}, *a{n - 1}]" for n in range(1, 30)]
    root, findings = read_yaml("a.yaml", "\n".join(rows))
    assert {found.code for found in findings} == {"VG018"}
    assert plain(root)["a29"] == [None, None, None]


@pytest.mark.parametrize("opener", ["[", "{a: ", "- "])
def test_depth_of_two_thousand_is_a_finding(opener):
    assert [code for code, _, _ in codes(opener * 2000)] == ["VG023"]


def test_too_many_values_are_a_finding(monkeypatch):
    monkeypatch.setattr(yaml_events, "MOST_VALUES", 10)
    assert [code for code, _, _ in codes("- x\n" * 20)] == ["VG023"]


@pytest.mark.parametrize(
    ("text", "style"),
    [
        ("a: Fix issue #12\n", "#"),
        ("a: Fix issue#12\n", ""),
        ("a: 'Fix issue #12'\n", "'"),
        ("a: one\n  two # three\n", "#"),
        ("# a\na: one\n", ""),
        ("a: one\n# two\n", ""),
        ("a: |\n  one # two\n", "|"),
    ],
)
def test_plain_text_cut_by_a_comment_is_marked(text, style):
    root, findings = read_yaml("a.yaml", text)
    assert root["a"][0].style == style
    assert not findings


def test_python_parser_finds_the_same(monkeypatch):
    c_results = {name: codes(text) for name, (text, _) in REFUSED.items()}
    monkeypatch.setattr(yaml_events, "_parser", lambda text: (yaml_events._python_parser(text), Exception))
    differing = {
        name
        for name, (text, _) in REFUSED.items()
        if [c for c, _, _ in codes(text)] != [c for c, _, _ in c_results[name]]
    }
    assert not differing


def test_parser_error_has_plain_words_and_a_mend():
    (found,) = read_yaml("a.yaml", "a: [x, y\nb: 1\n")[1]
    assert found.message == "the bracket [ is never closed"
    assert found.fix == "put ] after the last entry"


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (b"\xff\xfea\x00", [("VG011", 1, 1)]),
        (b"\xfe\xff\x00a", [("VG011", 1, 1)]),
        (b"a: b\nc: \xe4\n", [("VG011", 2, 4)]),
        ("ä: ".encode() + b"\xff", [("VG011", 1, 4)]),
        (b"\xed\xa0\x80", [("VG011", 1, 1)]),
        (b"a\x00b", [("VG013", 1, 2)]),
    ],
)
def test_bytes_that_are_no_utf8_text_are_refused_with_their_place(data, expected):
    text, findings = decode("a.yaml", data)
    assert text is None
    assert [(found.code, found.location.line, found.location.column) for found in findings] == expected


def test_byte_order_mark_is_dropped_with_a_warning():
    text, findings = decode("a.yaml", b"\xef\xbb\xbfa: b\n")
    assert text == "a: b\n"
    assert [found.code for found in findings] == ["VG012"]


def test_invisible_characters_are_named_with_their_place():
    _, findings = decode("a.yaml", "a: b\nc: x\u202ey\u200bz\n".encode())
    assert [(found.code, found.message, found.location.line, found.location.column) for found in findings] == [
        ("VG025", "invisible character U+202E in the text", 2, 5)
    ]


def test_file_beyond_the_limit_is_refused(monkeypatch):
    monkeypatch.setattr("valgen.readers.text.LARGEST_FILE_BYTES", 3)
    text, findings = decode("a.yaml", b"abcd")
    assert text is None
    assert [found.code for found in findings] == ["VG014"]


@pytest.mark.parametrize(
    ("text", "at", "expected"),
    [("a\r\nb", 3, (2, 1)), ("a\rb\rc", 4, (3, 1)), ("a\r\nb\rc\nd", 7, (4, 1)), ("ab", 1, (1, 2)), ("a\r\nb", 2, (1, 3)), ("", 0, (1, 1))],
)  # fmt: skip
def test_place_counts_every_line_end(text, at, expected):
    assert place_of(text, at) == expected


def test_one_line_of_a_megabyte_is_read_at_once():
    root, findings = read_yaml("a.yaml", "a: 'x #'\nb: " + "word " * 200_000 + "end\n")
    assert not findings
    assert len(root["b"][0].value) == 1_000_003
