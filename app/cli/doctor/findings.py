"""What a check of the doctor finds."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Finding:
    """One organ: well when ``wrong`` is empty, otherwise with the sentence that ``mend``s it."""

    name: str
    note: str = ""
    wrong: str = ""
    mend: str = ""
