"""Ids by their kind, so that mypy hears two of them swapped in a call. An id comes off its row, or by an address."""

from collections.abc import Callable
from typing import NewType, TypeVar

SpaceId = NewType("SpaceId", int)
ContactId = NewType("ContactId", int)
EventId = NewType("EventId", int)
MailingId = NewType("MailingId", int)
UserId = NewType("UserId", int)
ListId = NewType("ListId", int)
SegmentId = NewType("SegmentId", int)
CampaignId = NewType("CampaignId", int)
WorkshopId = NewType("WorkshopId", int)
MessageId = NewType("MessageId", int)
ImportId = NewType("ImportId", int)
CohortId = NewType("CohortId", int)
QuestionnaireId = NewType("QuestionnaireId", int)
DiagnosticId = NewType("DiagnosticId", int)
RespondentId = NewType("RespondentId", int)
ResourceId = NewType("ResourceId", int)
ShiftId = NewType("ShiftId", int)
TrainingId = NewType("TrainingId", int)
ToolId = NewType("ToolId", int)
RecommendationId = NewType("RecommendationId", int)
PartnerId = NewType("PartnerId", int)
ApplicationId = NewType("ApplicationId", int)

KINDS = tuple(kind for kind in globals().values() if isinstance(kind, NewType))
"""Each is a whole number in the database."""

Id = TypeVar("Id", bound=int)


def id_of(kind: Callable[[int], Id], number: int | None) -> Id | None:
    """A number that came from outside, as an id of this kind."""
    return None if number is None else kind(number)
