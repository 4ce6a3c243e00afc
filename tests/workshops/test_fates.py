"""The endings of numbers, as workshops know them and as the simulator plays them."""

import pytest

from app.simulator import fates as simulated
from app.workshops.practice import fates


@pytest.mark.parametrize("ending", [f"{at:02d}" for at in range(100)])
def test_workshops_and_the_simulator_mean_the_same_by_an_ending(ending):
    phone = f"+336399812{ending}"
    refused = simulated.refusal(phone)
    fate = fates.of(phone)
    assert fate.refused == (refused and refused.code)
    if refused is None:
        played = simulated.receipts(phone, slow_receipt_s=60)
        assert list(fate.reports) == [(receipt.status, receipt.error_code) for receipt in played]


def test_a_bad_number_is_neither_a_refusal_nor_a_silence():
    assert fates.BAD_NUMBERS == ("00", "01", "02", "04")
    assert fates.NEVER_RING == ("00", "01", "02", "03", "04", "05")
