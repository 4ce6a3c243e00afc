"""What a merge moves of sign-ups: who came by the public page."""

from app.contacts.merging.moving import Moved, Moves
from app.signup.models import SignUp

MOVES = Moves(tables=(Moved(table=SignUp),))
