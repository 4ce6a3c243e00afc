"""The field by which a rule names other rules."""

from sqlalchemy import ColumnElement

from app.audiences.fields import Ask
from app.audiences.sources.comparing import Several


class NamedIn(Several):
    """Segments within segments: written out before anything is asked (``rules.expand``), so that it never is."""

    def one_of(self, ask: Ask) -> ColumnElement[bool]:
        raise TypeError(f"a segment that was not written out: {ask.value}")

    some = one_of
