"""What a merge of two of the programme's contacts moves: one opinion of each training, the survivor's first."""

from app.contacts.merging.moving import Moved, Moves
from app.contacts.merging.moving import by as same_by
from app.programme.trainings.models import TrainingOpinion

MOVES = Moves(tables=(Moved(table=TrainingOpinion, same=same_by("training_id")),))
