"""What every page of the programme reads of the room of workshops, which stands above."""

from app.programme.progress.planned import Workshops
from app.web.seams import Seam

WORKSHOPS: Seam[Workshops] = Seam("workshops of associations")
"""What the room of workshops tells of associations."""
