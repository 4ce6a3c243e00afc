"""Which tools answer the priorities of a diagnostic, as its page shows them: two a question at most."""

from collections.abc import Collection, Mapping, Sequence

from sqlalchemy.orm import Session

from app.programme.diagnostic import service as diagnostic
from app.programme.diagnostic.report import Offer
from app.programme.recommendations import service, states, table
from app.programme.recommendations.proposing import AT_ONCE

SHOWN = 2


def offers(session: Session, association_id: int, questions: Collection[str]) -> Mapping[str, Sequence[Offer]]:
    """{question: the first tools of its line in the table}.

    Left out: what was withdrawn, and what texts many people while the diagnostic forbids it. One that the association
    has already says where it stands; the others may be recommended while its table has room.
    """
    shelf, had = table.shelf(session), {one.tool.id: one.row for one in service.of_association(session, association_id)}
    has_room = sum(row.state in states.OPEN for row in had.values()) < AT_ONCE
    withheld = shelf.texting if diagnostic.sms_block(session, association_id) else ()
    found: dict[str, list[Offer]] = {}
    for row, tool in table.rows(session):
        those = found.setdefault(row.question, [])
        if row.question in questions and tool.id in shelf.offered and tool.id not in withheld and len(those) < SHOWN:
            held = had.get(tool.id)
            stands = states.WORDS[held.state] if held is not None else ""
            those.append(Offer(tool.id, tool.name, tool.slug, row.why, stands, has_room and held is None))
    return found
