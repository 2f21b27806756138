"""File properties: what a document management system reads without opening the document.

Core properties hold title and subject; custom properties hold number, version, status, system, marks and content
digest under those names. There are no dates: nothing here may depend on the moment of rendering, and a made-up
date would be a false statement about a record.

Source: integrity.md D-5.
"""

from __future__ import annotations

from dataclasses import dataclass

from valgen.documents.visible import visible

CORE_TYPE = "application/vnd.openxmlformats-package.core-properties+xml"
APP_TYPE = "application/vnd.openxmlformats-officedocument.extended-properties+xml"
CUSTOM_TYPE = "application/vnd.openxmlformats-officedocument.custom-properties+xml"

_HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_LANGUAGES = {"en": "en-GB", "de": "de-DE", "fr": "fr-FR", "es": "es-ES", "it": "it-IT", "nl": "nl-NL", "pl": "pl-PL"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Properties:
    """What the properties of a file say, all of it from the document."""

    title: str
    type: str
    number: str
    version: str
    status: str
    system: str
    marks: tuple[str, ...]
    digest: str
    language: str

    def custom(self) -> tuple[tuple[str, str], ...]:
        """Return the custom properties, name and value."""
        return (
            ("Document number", self.number),
            ("Version", self.version),
            ("Status", self.status),
            ("System", self.system),
            ("Marks", ", ".join(self.marks)),
            ("Content digest SHA-256", self.digest),
        )


def full_language(language: str) -> str:
    """Return a language tag with a region, which office programs need to find a dictionary."""
    return _LANGUAGES.get(language, language)


def core_xml(properties: Properties) -> str:
    """Return docProps/core.xml."""
    subject = " ".join(filter(None, (properties.number, properties.version, properties.system)))
    return (
        _HEAD + '<cp:coreProperties xmlns:cp="http://schemas.openxmlformats.org/package/2006/metadata/core-properties"'
        ' xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:dcterms="http://purl.org/dc/terms/"'
        ' xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">'
        f"<dc:title>{_text(properties.title)}</dc:title><dc:subject>{_text(subject)}</dc:subject>"
        f"<dc:creator>valgen</dc:creator><cp:keywords>{_text(properties.type)}</cp:keywords>"
        f"<dc:language>{_text(full_language(properties.language))}</dc:language>"
        f"<cp:contentStatus>{_text(properties.status)}</cp:contentStatus>"
        f"<cp:version>{_text(properties.version)}</cp:version></cp:coreProperties>"
    )


def app_xml(company: str = "") -> str:
    """Return docProps/app.xml; ``company`` is the one that a template names."""
    space = "http://schemas.openxmlformats.org/officeDocument/2006/extended-properties"
    named = f"<Company>{_text(company)}</Company>" if company else ""
    return f'{_HEAD}<Properties xmlns="{space}"><Application>valgen</Application>{named}</Properties>'


def custom_xml(properties: Properties, further: tuple[tuple[str, str], ...] = ()) -> str:
    """Return docProps/custom.xml; ``further`` are names and values of a template's own properties."""
    rows = "".join(
        f'<property fmtid="{{D5CDD505-2E9C-101B-9397-08002B2CF9AE}}" pid="{number}" name="{_text(name)}">'
        f"<vt:lpwstr>{_text(value)}</vt:lpwstr></property>"
        for number, (name, value) in enumerate((*properties.custom(), *further), 2)
    )
    return (
        f'{_HEAD}<Properties xmlns="http://schemas.openxmlformats.org/officeDocument/2006/custom-properties"'
        ' xmlns:vt="http://schemas.openxmlformats.org/officeDocument/2006/docPropsVTypes">'
        f"{rows}</Properties>"
    )


def _text(value: str) -> str:
    return visible(value).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace('"', "&quot;")
