"""Phone numbers as French people type them, read to one form: E.164; and back to what people read.

Overseas mobiles typed nationally (0692…) and the fiction range are invalid for libphonenumber's region FR, so France
is read by `numbering` alone, which is also far quicker; foreign numbers are left to libphonenumber.
"""

import re
import unicodedata
from typing import NoReturn

import phonenumbers
from phonenumbers import PhoneNumberType, ValidationResult
from phonenumbers import timezone as zones

from app.contacts.numbering import OVERSEAS_CODES, french_code, french_zone, is_landline, overseas_code
from app.errors import RuleBroken
from app.french.language import _, ngettext

_INVISIBLE = r"\u00ad\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufeff"
_SEPARATORS = re.compile(rf"[\s\-‐-―−./\\()\[\]_,'’‘´`·•{_INVISIBLE}]+")
_FRENCH = re.compile(r"(?:(?:\+|00)?330?|0)?([67][0-9]{8})")
_LABEL = re.compile(r"(?:(?:t[ée]l(?:[ée]phone)?|mob(?:ile)?|port(?:able)?|gsm|sms|n°|num[ée]ro)[\s.:]*)+", re.I)
_SCIENTIFIC = re.compile(r"\+?\d+(?:[.,]\d*)?E\+?\d+", re.IGNORECASE)
_EXPONENT = re.compile(r"([1-9])[.,](\d{8,14})E\+?(\d{1,2})", re.IGNORECASE)
_QUOTED = re.compile(r'^=\s*"([^"]*)"$')
_REMARK = re.compile(r"\([^()\d]*[^\W\d_][^()\d]*\)")
_FLOAT = re.compile(r"'?(\+?[0-9]{6,})[.,]0+")
_NATIONAL = re.compile(r"\+(33|262|590|594|596)(\d{9})")
_TYPED = re.compile(r"[\d\s.\-/()+]+")
_MOBILE_TYPES = (PhoneNumberType.MOBILE, PhoneNumberType.FIXED_LINE_OR_MOBILE)


def read_phone(raw: str) -> str:
    """The E.164 form of a mobile typed in any way, ``"+33612345678"``.

    Raises RuleBroken with ``phone_empty``, ``phone_scientific``, ``phone_too_short``, ``phone_too_long``,
    ``phone_landline``, ``phone_not_mobile``, ``phone_foreign_not_mobile`` or ``phone_unreadable``.
    """
    match = _FRENCH.fullmatch(_SEPARATORS.sub("", raw))
    return _place(match[1], raw) if match else _read_slowly(raw)


def check_country(e164: str, listed: str) -> None:
    """Raises RuleBroken for a number that is neither of France (overseas too) nor of a ``listed`` country ("BE,LU").

    A text abroad costs many times the one price we know, and some prefixes are rented to be called.
    """
    if french_zone(e164):
        return
    country = phonenumbers.region_code_for_number(phonenumbers.parse(e164))
    if country not in listed.replace(" ", "").split(","):
        raise RuleBroken(
            "phone_abroad",
            _("Le programme n'écrit pas aux numéros de ce pays. Prenez un mobile français, ou appelez-le."),
        )


MOST_PEOPLE = frozenset(
    (
        "Africa/Kinshasa", "America/Guayaquil", "America/Santiago", "Asia/Jakarta", "Australia/Sydney",
        "Europe/Lisbon", "Europe/Madrid", "Europe/Moscow", "Europe/Oslo", "Pacific/Auckland",
    )
)  # fmt: skip
"""Where most people of their country live: a mobile tells the country alone, whose zones come in the alphabet's order,
the Canaries before Madrid."""


def time_zone(e164: str) -> str:
    """The IANA zone where the phone lives; Paris when the number does not tell."""
    if zone := french_zone(e164):
        return zone
    found: tuple[str, ...] = zones.time_zones_for_number(phonenumbers.parse(e164))
    zone = next((one for one in found if one in MOST_PEOPLE), found[0])
    return "Europe/Paris" if zone == "Etc/Unknown" else zone


def show_phone(e164: str) -> str:
    """``"06 12 34 56 78"``, overseas too ("06 92 12 34 56"); a foreign number keeps its code: "+44 7400 123456".

    What is no phone, a short code or the name of a sender ("36180", "Orange"), is shown as it is.
    """
    match = _NATIONAL.fullmatch(e164)
    if match and (match[1] == "33" or overseas_code(match[2]) == match[1]):
        digits = f"0{match[2]}"
        return " ".join(digits[at : at + 2] for at in range(0, 10, 2))
    try:
        number = phonenumbers.parse(e164)
    except phonenumbers.NumberParseException:
        return e164
    return str(phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.INTERNATIONAL)).replace("\xa0", " ")


def search_digits(raw: str) -> str:
    """The digits to look for inside stored numbers when somebody types one, even in part.

    "06 12", "0612", "+33 6 12" and "612" all give "612", found in "+33612…". What is not only digits and
    punctuation (a name) gives "".
    """
    if not _TYPED.fullmatch(raw.strip() or "x"):
        return ""
    typed = raw.replace("(0)", "") if raw.strip().startswith(("+", "00")) else raw
    digits = re.sub(r"\D", "", typed)
    if digits.startswith("00"):
        digits = digits[2:]
    elif digits.startswith("0"):
        return digits[1:]
    return re.sub(r"^33(?=[0-9])0?", "", digits)


def _place(national: str, raw: str) -> str:
    """E.164 for nine digits that start with 6 or 7."""
    code = french_code(national)
    if code is None:
        raise RuleBroken(
            "phone_not_mobile",
            _("« %(raw)s » n'est pas un numéro de mobile : vérifiez les premiers chiffres.", raw=_quote(raw)),
        )
    return f"+{code}{national}"


def _read_slowly(raw: str) -> str:
    """Everything that is not plainly a French mobile: odd characters, spreadsheets' wounds, foreign numbers."""
    text = unicodedata.normalize("NFKC", raw).strip().lstrip("'’").strip()
    text = _REMARK.sub(" ", _QUOTED.sub(r"\1", text)).strip()
    text = _LABEL.sub("", text, count=1) if text[:1].isalpha() else text
    spaceless = "".join(text.split())
    if whole := _whole(spaceless):
        spaceless = whole
    elif _SCIENTIFIC.fullmatch(spaceless):
        raise RuleBroken(
            "phone_scientific",
            _(
                "« %(raw)s » : le tableur a perdu des chiffres. "
                "Mettez la colonne au format Texte, puis retapez le numéro.",
                raw=_quote(raw),
            ),
        )
    if floating := _FLOAT.fullmatch(spaceless):
        spaceless = floating[1]
    digits = _SEPARATORS.sub("", spaceless)
    if digits.startswith(("+", "00")):
        digits = _SEPARATORS.sub("", spaceless.replace("(0)", ""))
    if not digits:
        raise RuleBroken("phone_empty", _("Le numéro manque."))
    if not re.fullmatch(r"\+?\d+", digits):
        count = sum(character.isdigit() for character in digits)
        if count >= 18:
            _wrong_length(count, raw, short=False)
        _unreadable(raw)
    return _read_digits("".join(c if c == "+" else str(unicodedata.digit(c)) for c in digits), raw)


def _whole(text: str) -> str:
    """The digits of « 6.39987121E8 » when all of them are there; "" when some are lost, or it is something else."""
    match = _EXPONENT.fullmatch(text)
    if not match or len(match[2]) != int(match[3]):
        return ""
    return match[1] + match[2]


def _read_digits(digits: str, raw: str) -> str:
    """Choose between a national and an international reading of ``digits``, which may start with a plus."""
    if match := _FRENCH.fullmatch(digits):
        return _place(match[1], raw)
    if digits.startswith("+"):
        international = digits[1:]
    elif digits.startswith("00"):
        international = digits[2:]
    elif (digits.startswith("33") and len(digits) > 9) or (digits.startswith(OVERSEAS_CODES) and len(digits) == 12):
        international = digits
    else:
        _refuse_french(digits.removeprefix("0"), len(digits), 10 if digits.startswith("0") else 9, raw)
    if international.startswith("33"):
        national = international[2:].removeprefix("0")
        _refuse_french(national, len(national) + 2, 11, raw)
    return _read_foreign(international, raw)


def _refuse_french(national: str, found: int, wanted: int, raw: str) -> NoReturn:
    """Say what keeps a French number from receiving SMS: its length, or the kind of line."""
    if found != wanted:
        _wrong_length(found, raw, short=found < wanted, wanted=wanted)
    if national[0] in "123459":
        raise RuleBroken(
            "phone_landline",
            _("« %(raw)s » est un numéro fixe : il ne reçoit pas de SMS. Demandez un mobile.", raw=_quote(raw)),
        )
    if national[0] == "8":
        raise RuleBroken(
            "phone_not_mobile",
            _("« %(raw)s » est un numéro de service, pas un mobile. Demandez un mobile.", raw=_quote(raw)),
        )
    _unreadable(raw)


def _read_foreign(digits: str, raw: str) -> str:
    """E.164 for an international number outside metropolitan France, mobile by libphonenumber's word."""
    try:
        number = phonenumbers.parse(f"+{digits}")
    except phonenumbers.NumberParseException as error:
        if error.error_type == error.TOO_LONG:
            _wrong_length(len(digits), raw, short=False)
        _unreadable(raw)
    code, national = str(number.country_code), str(number.national_number)
    overseas = code in OVERSEAS_CODES
    if overseas and len(national) == 9 and overseas_code(national) == code:
        return f"+{code}{national}"
    possible = phonenumbers.is_possible_number_with_reason(number)
    if possible in (ValidationResult.TOO_SHORT, ValidationResult.TOO_LONG):
        _wrong_length(len(digits), raw, short=possible == ValidationResult.TOO_SHORT)
    if overseas and national.startswith("8"):
        _refuse_french("8", 9, 9, raw)
    if is_landline(code, national):
        _refuse_french("4", 9, 9, raw)
    kind = phonenumbers.number_type(number)
    if kind in _MOBILE_TYPES:
        return str(phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164))
    if overseas and kind == PhoneNumberType.FIXED_LINE:
        _refuse_french(code, 9, 9, raw)
    raise RuleBroken(
        "phone_foreign_not_mobile",
        _("« %(raw)s » n'est pas un mobile connu à l'étranger : vérifiez l'indicatif du pays.", raw=_quote(raw)),
    )


def _wrong_length(found: int, raw: str, *, short: bool, wanted: int = 0) -> NoReturn:
    """Refuse by the count of digits; ``wanted`` is 0 when it depends on the country."""
    sentence = ngettext("« %(raw)s » a %(n)s chiffre", "« %(raw)s » a %(n)s chiffres", found, raw=_quote(raw))
    if found >= 18:
        sentence += _(" : gardez un seul numéro par case.")
    elif wanted:
        sentence += _(", il en faut %(wanted)s. Vérifiez le numéro.", wanted=wanted)
    elif short:
        sentence += _(", c'est trop peu pour ce pays. Vérifiez le numéro.")
    else:
        sentence += _(", c'est trop pour ce pays. Vérifiez le numéro.")
    raise RuleBroken("phone_too_short" if short else "phone_too_long", sentence)


def _quote(raw: str) -> str:
    """What was typed, short enough for a sentence."""
    typed = " ".join(raw.split())
    return typed if len(typed) <= 40 else f"{typed[:39]}…"


def _unreadable(raw: str) -> NoReturn:
    raise RuleBroken(
        "phone_unreadable",
        _("« %(raw)s » ne se lit pas comme un numéro. Écrivez dix chiffres : 06 puis huit autres.", raw=_quote(raw)),
    )
