"""What the fields of a space's own say of somebody, for tests."""

from app.contacts.profile import values


def noted(database, contact):
    """{label: as people read it}."""
    with database.snapshot() as session:
        said = values.of_contacts(session, contact.space_id, [contact.id])[contact.id]
        return {one.field.label: one.text for one in said}
