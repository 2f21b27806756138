"""Texts that have broken documents elsewhere."""

from __future__ import annotations

HOSTILE = {
    "markup": "<w:p>&amp;\"'</w:t>]]><!--",
    "controls": "".join(map(chr, range(32))),
    "c1": "".join(map(chr, range(0x7F, 0xA0))),
    "surrogates": "\ud800 \udfff",
    "noncharacters": "\ufffe\uffff\ufdd0\U0001fffe",
    "bidi": "\u202e\u2066abc\u2069\u202c",
    "invisible": "a\u200b\u200d\ufeff\u00ad\u2060b",
    "escapes": "_x0000_ _x005F_ %s {0} \\x00",
    "formula": '=HYPERLINK("http://x","y")',
    "long word": "x" * 40_000,
    "long text": "word " * 8_000,
    "astral": "🙂𝔘" * 100,
    "newlines": "\n\n\r\n\r",
    "field": "{ INCLUDEPICTURE http://evil.example/x.png }",
}
