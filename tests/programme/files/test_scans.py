"""A scanned paper is never thrown away for what its picture happens to hold; a program is found where PDF hides it."""

import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.programme.files.kinds import fault_of

PICTURE = b"%%PDF-1.7\n1 0 obj\n<</Subtype/Image/Filter/DCTDecode>>\nstream\n%s\nendstream\nendobj\n%%%%EOF\n"


@given(
    st.binary(max_size=200), st.sampled_from([b"/JS ", b"/JavaScript", b"/Launch\n", b"/XFA["]), st.binary(max_size=200)
)
def test_the_bytes_of_a_picture_say_nothing(before, word, after):
    assert fault_of(PICTURE % (before + word + after).replace(b"endstream", b"")) == ""


@pytest.mark.parametrize(
    "content",
    [
        b"%PDF-1.7\n1 0 obj\n<</OpenAction<</S/JavaScript/JS(app.alert(1))>>>>\nendobj\n%%EOF",
        b"%PDF-1.7\n1 0 obj\n<</OpenAction<</S/J#61vaScript>>>>\nendobj\n%%EOF",
        b"%PDF-1.7\n1 0 obj\n<</Type/ObjStm/Filter/FlateDecode>>\nstream\n"
        + zlib.compress(b"2 0 <</S/JavaScript>>")
        + b"\nendstream\nendobj\n%%EOF",
    ],
    ids=["as it is", "with an escape", "in a list of objects"],
)
def test_a_program_is_found(content):
    assert fault_of(content).startswith("Ce PDF contient un programme")
