"""Texts that try to become markup, script, templates or something else than they seem."""

from __future__ import annotations

from html.parser import HTMLParser

HOSTILE = (
    "<script>alert(1)</script>",
    "</title></head><body onload=alert(1)>",
    '"><img src=x onerror=alert(1)>',
    "' onmouseover='alert(1)",
    "<svg/onload=alert(1)>",
    "<iframe src=javascript:alert(1)></iframe>",
    "</textarea><object data=evil></object>",
    '<!--<img src="--><img src=x onerror=alert(1)//">',
    "<![CDATA[<script>alert(1)</script>]]>",
    "javascript:alert(1)",
    "&lt;script&gt; &#106;avascript: &amp;amp;",
    "{{7*7}} {% include '/etc/passwd' %} {{''.__class__}}",
    ".. raw:: html\n\n   <script>alert(1)</script>",
    ":ref:`x` |version| `a <javascript:alert(1)>`_ **b**",
    "a\u202egpj.exe\u2066 zero\u200bwidth",
    "nul\x00 bell\x07 escape\x1b[31m",
    "half \ud800 and \ufffe",
    "tags \U000e0041\U000e0042",
    "</script><script>alert(1)</script>",
    "</style><style>*{display:none}</style>",
    "line one\u2028line two\u2029",
    "`${alert(1)}` \\u003cscript\\u003e",
)

HOSTILE_LINKS = (
    "javascript:alert(1)",
    "JaVaScRiPt:alert(1)",
    " javascript:alert(1)",
    "java\nscript:alert(1)",
    "java\tscript:alert(1)",
    "\x01javascript:alert(1)",
    "data:text/html,<script>alert(1)</script>",
    "vbscript:msgbox(1)",
    "file:///etc/passwd",
    "//evil.example/x",
    "https:evil",
    'https://ok.example/" onmouseover="alert(1)',
    "http://a\u202eb",
    "#no-such-id",
    '#"><script>alert(1)</script>',
    "blob:https://x",
    "",
)

_BLOCK_TAGS = """
    a article blockquote br caption code col colgroup dd div dl dt em figcaption figure h1 h2 h3 h4 h5 h6 img li ol p
    pre section span strong table tbody td th thead tr ul
"""
_FRAME_TAGS = "html head meta title link script body header footer nav main form label input button noscript"
ALLOWED_TAGS = frozenset(_BLOCK_TAGS.split())
PAGE_TAGS = ALLOWED_TAGS.union(_FRAME_TAGS.split())


class Read(HTMLParser):
    """What a browser would see: tags, attributes, text."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.parts: list[str] = []
        self.comments: list[str] = []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.parts.append(data)

    def handle_comment(self, data: str) -> None:
        self.comments.append(data)

    @property
    def text(self) -> str:
        return "".join(self.parts)

    def values(self, name: str) -> list[str]:
        """Every value of an attribute."""
        return [attrs[name] or "" for _, attrs in self.tags if name in attrs]


def assert_inert(html: str, allowed: frozenset[str] = ALLOWED_TAGS) -> Read:
    """Check that HTML holds no element or attribute that this writer does not make."""
    page = Read(html)
    assert {tag for tag, _ in page.tags} <= allowed
    assert not page.comments
    for tag, attrs in page.tags:
        assert not [
            name for name in attrs if name.startswith("on") or name in {"style", "srcdoc", "action=javascript"}
        ], tag
        for name in ("href", "src"):
            value = attrs.get(name)
            if value is not None:
                scheme = value.partition(":")[0].lower() if ":" in value.partition("/")[0].partition("#")[0] else ""
                assert scheme in {"", "http", "https", "mailto"}, value
                assert not value.startswith("//")
    return page
