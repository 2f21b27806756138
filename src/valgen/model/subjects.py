"""Standard subjects of supporting documents: procedures, domains of a supplier, areas of a periodic review.

Each is a word that people write in YAML, with the title that documents print. A document shows every subject as a
row, so that one nobody looked at is seen.

Source: domain/documents.md b.16.
"""

from __future__ import annotations

from collections.abc import Mapping

PROCEDURE_SUBJECTS: Mapping[str, str] = {
    "user_operation": "User operation",
    "administration": "System administration and access management",
    "backup_restore": "Backup, restore and disaster recovery",
    "change_configuration": "Change and configuration management",
    "incident_deviation": "Incidents and deviations",
    "audit_trail_review": "Audit-trail review",
    "periodic_review": "Periodic review",
    "retention_archive": "Data retention and archive",
    "training": "Training",
    "business_continuity": "Business continuity",
    "validation": "Validation of computerised systems",
}
"""What procedures around a computerised system are about."""

SUPPLIER_DOMAINS: Mapping[str, str] = {
    "quality_system": "Quality management system",
    "development": "Software development life cycle",
    "testing": "Testing",
    "configuration_release": "Configuration and release management",
    "security": "Security",
    "cloud_operations": "Cloud operations",
    "subcontractors": "Subcontractors",
    "support": "Support and notification of changes",
    "continuity": "Business continuity and disaster recovery",
    "data_exit": "Ownership of data and exit",
    "inspection_support": "Support of inspections",
}
"""What an assessment of a supplier looks at."""

REVIEW_AREAS: Mapping[str, str] = {
    "changes": "Changes, emergency ones and the cumulative effect of minor ones included",
    "incidents": "Incidents and problems",
    "deviations": "Deviations, corrective and preventive actions",
    "access": "Access review and privileged accounts",
    "audit_trail": "Audit-trail review",
    "backup": "Backup and restore test",
    "security": "Security, patches and vulnerabilities",
    "supplier": "Supplier performance",
    "performance": "Performance and capacity",
    "training": "Training and procedures up to date",
    "disaster_recovery": "Disaster recovery test",
    "regulations": "Changes of regulations",
    "open_items": "Open items of the last review",
    "requirements_risks": "Requirements and risks",
    "documentation": "Completeness of documentation",
}
"""What a periodic review looks at."""
