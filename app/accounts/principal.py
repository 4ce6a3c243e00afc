"""Who acts: a user, a workshop seat, a key or a job. Every service act names one."""

from dataclasses import dataclass

from app.french.language import _

JOB = "job"
USER = "user"
KEY = "key"
SEAT = "seat"


@dataclass(frozen=True)
class Principal:
    """``kind`` is ``user``, ``seat``, ``key`` or ``job``; ``name`` is what the audit trail shows."""

    kind: str
    id: int | None
    name: str

    @property
    def key(self) -> str:
        """« user:12 », which no namesake shares; "" for a job."""
        return f"{self.kind}:{self.id}" if self.id is not None else ""


COMMAND_LINE = _("Tambour, en ligne de commande")
BY_LINK = _("La personne, par son lien")
ROOM_PHONE = _("Un téléphone de la salle")


def job(name: str) -> Principal:
    """A tick or a program of ours, by the name that the journal shows."""
    return Principal(JOB, None, name)


TAMBOUR = job("Tambour")
"""What happens by itself, when its time comes."""
