"""The numbering plan: which digits are French mobiles, metropolitan or overseas, and where they live.

Patterns follow Arcep's plan as libphonenumber 9 holds it (its regions FR, RE, YT, GP, GF and MQ).
"""

import re

_METROPOLITAN = re.compile(r"6(?:[0-24-8]\d|3[0-8]|9[589]|3998)|7[3-9]")
_OVERSEAS = re.compile(
    r"(69[01]|7090)"  # Guadeloupe
    r"|(69[23]|639(?!98)|7092|7093[5-7])"  # Réunion, Mayotte
    r"|(694|7093[0-3])"  # Guyane
    r"|(69[67]|7091)"  # Martinique
)
OVERSEAS_CODES = ("590", "262", "594", "596")  # in the order of the groups above
_MAYOTTE = re.compile(r"\+262(?:639|7093[5-7])")
_LANDLINES = {
    "508": re.compile(r"4[1-35-7]\d{4}"),  # Saint-Pierre-et-Miquelon, whose mobiles begin with 55
    "681": re.compile(r"72\d{4}"),  # Wallis-et-Futuna, whose mobiles begin with 4 or 8
}
_ZONES = {
    "262": "Indian/Reunion",
    "508": "America/Miquelon",
    "590": "America/Guadeloupe",
    "594": "America/Cayenne",
    "596": "America/Martinique",
    "681": "Pacific/Wallis",
    "687": "Pacific/Noumea",
    "689": "Pacific/Tahiti",
}


def french_code(national: str) -> str | None:
    """The country code of a French mobile given by its nine national digits, None when it is no mobile.

    Overseas departments dial like the rest of France (0692…) but live under a code of their own.
    """
    return "33" if _METROPOLITAN.match(national) else overseas_code(national)


def overseas_code(national: str) -> str | None:
    """The country code of an overseas mobile given by its nine national digits, None for any other."""
    match = _OVERSEAS.match(national)
    return OVERSEAS_CODES[match.lastindex - 1] if match and match.lastindex else None


def is_landline(code: str, national: str) -> bool:
    """Whether it is a fixed line of a territory where libphonenumber cannot tell them from mobiles."""
    pattern = _LANDLINES.get(code)
    return pattern is not None and pattern.fullmatch(national) is not None


def french_zone(e164: str) -> str | None:
    """The IANA time zone of a number of France, overseas territories too; None for a foreign one."""
    if e164.startswith("+33"):
        return "Europe/Paris"
    return "Indian/Mayotte" if _MAYOTTE.match(e164) else _ZONES.get(e164[1:4])
