"""Numbers as they are typed, pasted and wounded by spreadsheets."""

import phonenumbers
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from app.carrier.carriers import is_fiction
from app.contacts.numbering import french_code
from app.contacts.phone import check_country, read_phone, search_digits, show_phone, time_zone
from app.errors import RuleBroken
from app.logs import mask_phone

DIGITS = st.text("0123456789", min_size=7, max_size=7)
METROPOLITAN = st.builds(
    lambda head, tail: head + tail, st.sampled_from(["60", "61", "65", "68", "73", "78", "79"]), DIGITS
)
OVERSEAS = st.builds(
    lambda head, tail: head + tail[:6],
    st.sampled_from(["690", "691", "692", "693", "694", "696", "697", "639"]),
    DIGITS.filter(lambda tail: not tail.startswith("98")),
)
FICTION = st.builds(lambda tail: "63998" + tail[:4], DIGITS)
FRENCH = st.one_of(METROPOLITAN, OVERSEAS, FICTION)
GLUE = st.sampled_from(
    ["", " ", ".", "-", "/", "\u00a0", "\u202f", "\u2009", "\u2011", "\u200b", "\u202a", "\t", " - "]
)


def code_of(raw: str) -> str:
    with pytest.raises(RuleBroken) as refusal:
        read_phone(raw)
    return refusal.value.code


@pytest.mark.parametrize(
    "raw",
    [
        "06.12.34.56.78",
        "06 12 34 56 78",
        "06-12-34-56-78",
        "06/12/34/56/78",
        "(06) 12 34 56 78",
        "06\u00a012\u202f34\u200956\u300078",
        "0033612345678",
        "00 33 (0)6 12 34 56 78",
        "+33 (0)6 12 34 56 78",
        "(+33) 6 12 34 56 78",
        "33612345678",
        "612345678",
        "612345678.0",
        "33612345678.0",
        "'0612345678",
        "\u202a+33 6 12 34 56 78\u202c",
        "０６１２３４５６７８",
        "Tél. : 06 12 34 56 78",
        "portable 06 12 34 56 78",
        "Tél. portable : 06 12 34 56 78",
        "n° 06 12 34 56 78",
    ],
)
def test_every_way_of_typing_one_mobile_reads_the_same(raw):
    assert read_phone(raw) == "+33612345678"


@pytest.mark.parametrize(
    ("raw", "e164", "zone"),
    [
        ("0690 12 34 56", "+590690123456", "America/Guadeloupe"),
        ("0691 22 34 56", "+590691223456", "America/Guadeloupe"),
        ("+590 691 00 34 56", "+590691003456", "America/Guadeloupe"),  # libphonenumber does not know this range
        ("0692 12 34 56", "+262692123456", "Indian/Reunion"),
        ("0693 00 34 56", "+262693003456", "Indian/Reunion"),
        ("+33 6 92 12 34 56", "+262692123456", "Indian/Reunion"),
        ("+262 (0)692 12 34 56", "+262692123456", "Indian/Reunion"),
        ("262692123456.0", "+262692123456", "Indian/Reunion"),
        ("0639 01 23 45", "+262639012345", "Indian/Mayotte"),
        ("0694 20 12 34", "+594694201234", "America/Cayenne"),
        ("0696 12 34 56", "+596696123456", "America/Martinique"),
        ("0697 12 34 56", "+596697123456", "America/Martinique"),
        ("+508 55 12 34", "+508551234", "America/Miquelon"),
        ("+681 82 12 34", "+681821234", "Pacific/Wallis"),
        ("+687 75 12 34", "+687751234", "Pacific/Noumea"),
        ("+689 87 12 34 56", "+68987123456", "Pacific/Tahiti"),
        ("06 39 98 00 00", "+33639980000", "Europe/Paris"),
        ("06 12 34 56 78", "+33612345678", "Europe/Paris"),
        ("+32 470 12 34 56", "+32470123456", "Europe/Brussels"),
        ("+44 (0)7400 123456", "+447400123456", None),
        ("0044 7400 123456", "+447400123456", None),
        ("+1 212 555 0199", "+12125550199", "America/New_York"),
    ],
)
def test_a_number_goes_where_it_lives(raw, e164, zone):
    assert read_phone(raw) == e164
    assert zone is None or time_zone(e164) == zone


@pytest.mark.parametrize(
    ("raw", "code"),
    [
        ("", "phone_empty"),
        (" \u00a0", "phone_empty"),
        ("-", "phone_empty"),
        ("6,12346E+08", "phone_scientific"),
        ("6.12346e+08", "phone_scientific"),
        ("3,36123E+10", "phone_scientific"),
        ("01 99 00 12 34", "phone_landline"),
        ("02 61 91 12 34", "phone_landline"),
        ("+33 4 65 71 12 34", "phone_landline"),
        ("199001234", "phone_landline"),
        ("09 12 34 56 78", "phone_landline"),
        ("0262 12 34 56", "phone_landline"),
        ("+262 262 12 34 56", "phone_landline"),
        ("08 00 12 34 56", "phone_not_mobile"),
        ("+262 800 12 34 56", "phone_not_mobile"),
        ("+262 892 12 34 56", "phone_not_mobile"),
        ("+508 41 12 34", "phone_landline"),
        ("+508 43 12 34", "phone_landline"),
        ("+681 72 20 21", "phone_landline"),
        ("07 00 12 34 56", "phone_not_mobile"),
        ("07 29 12 34 56", "phone_not_mobile"),
        ("06 12 34 56 7", "phone_too_short"),
        ("06 12 34 56 78 9", "phone_too_long"),
        ("06 12 34 56 78 / 07 12 34 56 78", "phone_too_long"),
        ("+33 6 12 34 56 7", "phone_too_short"),
        ("33 6 12 34 56 7", "phone_too_short"),
        ("447400123456", "phone_too_long"),  # abroad without its plus
        ("33 1 99 00 12 34", "phone_landline"),
        ("+32 470 12 34 56 32 470 12 34 56", "phone_too_long"),
        ("+44 20 7946 0958", "phone_foreign_not_mobile"),
        ("+262 639 98 00 00", "phone_foreign_not_mobile"),
        ("+32 470", "phone_too_short"),
        ("+999 123 456", "phone_unreadable"),
        ("06 12 34 56 7O", "phone_unreadable"),
        ("demander à sa fille", "phone_unreadable"),
        ("+", "phone_unreadable"),
    ],
)
def test_a_refusal_says_which_trouble(raw, code):
    assert code_of(raw) == code


@pytest.mark.parametrize(
    ("phone", "zone"),
    [
        ("+34612345623", "Europe/Madrid"),
        ("+34928123456", "Atlantic/Canary"),
        ("+351912345678", "Europe/Lisbon"),
        ("+4740612345", "Europe/Oslo"),
        ("+4915112345678", "Europe/Berlin"),
    ],
)
def test_a_foreign_mobile_keeps_the_hours_of_most_of_its_country(phone, zone):
    assert time_zone(phone) == zone


@pytest.mark.parametrize(
    ("raw", "said"),
    [
        ("06 12 34 56 7", "a 9 chiffres, il en faut 10."),
        ("33 6 12 34 56 7", "a 10 chiffres, il en faut 11."),
        ("+32 470", "a 5 chiffres, c'est trop peu pour ce pays."),
        ("+32 470 12 34 56 78", "a 13 chiffres, c'est trop pour ce pays."),
    ],
)
def test_a_wrong_length_is_counted_for_the_reader(raw, said):
    with pytest.raises(RuleBroken, match=said):
        read_phone(raw)


def test_only_france_and_the_countries_listed_are_written_to():
    for e164, listed in (("+33612345678", ""), ("+262692123456", ""), ("+32470123456", "LU, BE")):
        check_country(e164, listed)
    with pytest.raises(RuleBroken, match="de ce pays") as refusal:
        check_country("+32470123456", "LU")
    assert refusal.value.code == "phone_abroad"


def test_a_very_long_cell_is_cut_in_the_sentence():
    with pytest.raises(RuleBroken) as refusal:
        read_phone("bonjour " * 500)
    assert len(refusal.value.sentence) < 150
    for typed, shown in (("x" * 40, "x" * 40), ("x" * 41, "x" * 39 + "…")):
        with pytest.raises(RuleBroken, match=f"^« {shown} » ne se lit pas"):
            read_phone(typed)


@given(st.text(max_size=30))
@example("²")
@example("+٣")
def test_any_text_reads_or_is_refused(raw):
    try:
        e164 = read_phone(raw)
    except RuleBroken as refusal:
        assert refusal.code.startswith("phone_")
        assert refusal.sentence.endswith(".")
    else:
        assert read_phone(e164) == e164


@given(
    FRENCH,
    st.sampled_from(["", "0", "+33", "0033", "33", "+33(0)", "0033(0)", "'0"]),
    st.lists(GLUE, min_size=9, max_size=9),
)
def test_punctuation_and_prefix_never_change_a_french_number(national, prefix, glue):
    typed = prefix + "".join(digit + mark for digit, mark in zip(national, glue, strict=True))
    assert read_phone(typed) == f"+{french_code(national)}{national}"


@given(FRENCH)
def test_what_is_shown_reads_back(national):
    e164 = read_phone(national)
    assert show_phone(e164) == " ".join(f"0{national}"[at : at + 2] for at in range(0, 10, 2))
    assert read_phone(show_phone(e164)) == e164


@pytest.mark.parametrize("sender", ["36180", "Orange"])
def test_what_is_no_phone_is_shown_as_it_is(sender):
    assert show_phone(sender) == sender


MOBILES = [
    number
    for region in sorted(phonenumbers.SUPPORTED_REGIONS)
    if (number := phonenumbers.example_number_for_type(region, phonenumbers.PhoneNumberType.MOBILE))
]


@pytest.mark.parametrize("number", MOBILES, ids=lambda number: str(number.country_code))
def test_mobiles_of_every_country_are_read_and_shown(number):
    e164 = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
    assert read_phone(e164) == e164
    assert read_phone(show_phone(e164)) == e164
    assert "/" in time_zone(e164)


@given(st.one_of(st.integers(600_000_000, 799_999_999), st.integers(639_000_000, 639_999_999)))
def test_the_quick_reading_of_france_agrees_with_libphonenumber(national):
    number = phonenumbers.PhoneNumber(country_code=33, national_number=national)
    valid = phonenumbers.is_valid_number(number)
    assert valid == (french_code(str(national)) == "33" and not is_fiction(f"+33{national}"))


@given(
    st.sampled_from([590, 262, 594, 596]),
    st.one_of(st.integers(639_000_000, 709_999_999), st.integers(690_000_000, 697_999_999)),
)
def test_no_valid_overseas_mobile_is_lost(code, national):
    number = phonenumbers.PhoneNumber(country_code=code, national_number=national)
    if phonenumbers.number_type(number) == phonenumbers.PhoneNumberType.MOBILE:
        assert read_phone(f"0{national}") == f"+{code}{national}"


def test_the_fiction_range_is_known():
    assert is_fiction("+33639980000")
    assert not is_fiction("+33639970000")
    assert not is_fiction("+262639980000")


@pytest.mark.parametrize(
    ("line", "masked"),
    [
        ("sent to +33612345678 ok", "sent to [tel …78] ok"),
        ("06 12 34 56 78, 07.12.34.56.79", "[tel …78], [tel …79]"),
        ("To=%2B33612345678&Body=x", "To=[tel …78]&Body=x"),
        ("+33 (0)6 12 34 56 78", "[tel …78]"),
        ("612345678", "[tel …78]"),
        ("2020-02-03 07:53:58 letter 12345", "2020-02-03 07:53:58 letter 12345"),
        ("SM0123456789abcdef0123456789abcdef", "SM0123456789abcdef0123456789abcdef"),
    ],
)
def test_a_log_line_keeps_two_digits_of_a_phone(line, masked):
    assert mask_phone(line) == masked


@given(FRENCH, st.sampled_from(["0", "+33", "0033", "+33 (0)"]), GLUE)
def test_no_french_number_survives_the_mask(national, prefix, glue):
    typed = prefix + glue + national
    assert national[-6:] not in mask_phone(f"texte à {typed} parti")


@given(FRENCH, st.integers(1, 9), st.sampled_from(["0", "", "+33", "0033", "33", "+33 (0)"]))
def test_the_start_of_a_number_typed_in_any_form_is_found(national, length, prefix):
    assert search_digits(prefix + national[:length]) == national[:length]
    assert search_digits(prefix + national[:length]) in read_phone(national)


def test_a_name_is_no_number_to_look_for():
    assert search_digits("Marie 2") == ""
    assert search_digits("") == ""
    assert search_digits("06 12 34") == "61234"
    assert search_digits("+44 (0)7400") == "447400"


@pytest.mark.parametrize(
    "raw",
    [
        '="0639987121"',
        "6.39987121E8",
        "6,39987121E+08",
        "3.3639987121E10",
        "06 39 98 71 21 (mère)",
        "(perso) 0639987121",
    ],
)
def test_what_a_spreadsheet_or_an_address_book_puts_around_a_number_is_passed_over(raw):
    assert read_phone(raw) == "+33639987121"


@pytest.mark.parametrize(
    "raw",
    [
        "+33 6 39 98 71 21 ::: +33 6 39 98 71 22",
        "06 39 98 71 21 ou 06 39 98 71 22",
        "0639987121;0639987122",
        "639987121 ou 639987122",
    ],
)
def test_two_numbers_in_one_cell_are_told_as_such(raw):
    with pytest.raises(RuleBroken, match="un seul numéro par case") as refusal:
        read_phone(raw)
    assert refusal.value.code == "phone_too_long"


@pytest.mark.parametrize("raw", ["6.39987E8", "6.3998712E8", "6,4E+08", "6E8"])
def test_digits_that_the_spreadsheet_lost_are_not_made_up(raw):
    assert code_of(raw) == "phone_scientific"
