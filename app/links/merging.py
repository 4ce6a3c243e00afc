"""What a merge moves of personal links: the survivor answers by the links of both cards."""

from app.contacts.merging.moving import Moved, Moves
from app.links.models import Link

MOVES = Moves(tables=(Moved(table=Link),))
