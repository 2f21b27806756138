"""File properties: what a document management system reads without opening the document.

Core properties hold title and subject; custom properties hold number, version, status, system and content
digest under those names. There are no dates: nothing here may depend on the moment of rendering.
"""

from __future__ import annotations

from valgen.documents.blocks import Document
from valgen.documents.visible import visible

_HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'


def core_xml(document: Document, language: str) -> str:
    """Return docProps/core.xml."""
    subject = " ".join(filter(None, (document.number, document.version, document.system)))
    return (
        _HEAD + '<cp:coreProperties xmlns:cp="http://schemas.openxmlformats.org/package/2006/metadata/core-properties"'
        ' xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:dcterms="http://purl.org/dc/terms/"'
        ' xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">'
        f"<dc:title>{_text(document.title)}</dc:title>"
        f"<dc:subject>{_text(subject)}</dc:subject>"
        f"<dc:creator>valgen</dc:creator><cp:keywords>{_text(document.type)}</cp:keywords>"
        f"<dc:language>{_text(language)}</dc:language><cp:contentStatus>{_text(document.status)}</cp:contentStatus>"
        f"<cp:version>{_text(document.version)}</cp:version></cp:coreProperties>"
    )


def app_xml() -> str:
    """Return docProps/app.xml."""
    space = "http://schemas.openxmlformats.org/officeDocument/2006/extended-properties"
    return f'{_HEAD}<Properties xmlns="{space}"><Application>valgen</Application></Properties>'


def custom_xml(document: Document, digest: str) -> str:
    """Return docProps/custom.xml."""
    values = (
        ("Document number", document.number),
        ("Version", document.version),
        ("Status", document.status),
        ("System", document.system),
        ("Marks", ", ".join(document.marks)),
        ("Content digest SHA-256", digest),
    )
    rows = "".join(
        f'<property fmtid="{{D5CDD505-2E9C-101B-9397-08002B2CF9AE}}" pid="{number}" name="{name}">'
        f"<vt:lpwstr>{_text(value)}</vt:lpwstr></property>"
        for number, (name, value) in enumerate(values, 2)
    )
    return (
        f'{_HEAD}<Properties xmlns="http://schemas.openxmlformats.org/officeDocument/2006/custom-properties"'
        ' xmlns:vt="http://schemas.openxmlformats.org/officeDocument/2006/docPropsVTypes">'
        f"{rows}</Properties>"
    )


def _text(value: str) -> str:
    return visible(value).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
