"""Types of documents that a validation pack may hold (design.md §6, domain/documents.md)."""

from __future__ import annotations

from collections.abc import Mapping

DOCUMENT_TYPES: Mapping[str, str] = {
    "GXPA": "GxP assessment",
    "VP": "Validation Plan",
    "URS": "User Requirements Specification",
    "FS": "Functional Specification",
    "CS": "Configuration Specification",
    "DS": "Design Specification",
    "RA": "Risk Assessment",
    "IQ": "Installation Qualification",
    "OQ": "Operational Qualification",
    "PQ": "Performance Qualification",
    "RTM": "Requirements Traceability Matrix",
    "DEVLOG": "Deviation log",
    "VSR": "Validation Summary Report",
    "CERT": "Release certificate",
    "ERES": "Electronic records and signatures assessment",
    "SOP": "Index of procedures",
    "TRAINING": "Training records",
    "SUP": "Supplier assessment",
    "CR": "Change records",
    "DELTA": "Delta validation report",
    "REVIEW": "Periodic review",
    "ATR": "Audit-trail review",
}
