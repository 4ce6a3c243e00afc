"""The doctor asks the carrier, here the simulator, where what people answer goes."""

from dataclasses import replace

import pytest
import requests

from app.accounts.models import Mode
from app.carrier.protocol import CarrierSilent, InboundRoute
from app.cli.doctor import checks, number_checks
from app.settings import LEGAL
from app.simulator.listener import Listener
from app.simulator.server import Simulator
from tests.factories import make_space

URL = "https://tambour.test/webhooks/twilio/inbound"
NUMBER = "+33937000001"


@pytest.fixture
def simulator(tmp_path):
    with Simulator(data_path=tmp_path / "simulator.db", inbound_url=URL, slow_receipt_s=0.1) as simulator:
        listener = Listener(simulator.wsgi)
        yield f"http://127.0.0.1:{listener.start()}"
        listener.stop()


def test_each_live_number_is_asked_about_and_no_other(database, settings, simulator):
    with database.transaction() as session:
        make_space(session, sender=NUMBER, two_way=True)
        make_space(session, sender="Emmaus80")
        make_space(session, sender="+33937000002", mode=Mode.PRACTICE)
    right = replace(settings, carrier_url=simulator, public_url="https://tambour.test/")
    (well,) = number_checks.inbound(right)
    assert (well.name, well.wrong, well.note) == (f"réponses au {NUMBER}", "", URL)
    (moved,) = number_checks.inbound(replace(right, public_url="https://ailleurs.test"))
    assert URL in moved.wrong
    assert "https://ailleurs.test/webhooks/twilio/inbound" in moved.mend
    (silent,) = number_checks.inbound(replace(right, twilio_auth_token="0" * 32))
    assert silent.wrong == "", "the simulator refuses a token that is not the account's: nobody said where"
    assert "n'a pas dit" in silent.note


def test_without_a_live_number_nobody_is_asked(database, settings):
    assert list(number_checks.inbound(settings)) == []


@pytest.mark.parametrize(
    ("said", "wrong", "mend"),
    [
        (InboundRoute(URL), "", ""),
        (InboundRoute("http://demo.twilio.com/welcome/sms/reply"), "demo.twilio.com", URL),
        (InboundRoute(URL, "GET"), "GET", "POST"),
        (InboundRoute(""), "nulle part", "Messaging Service"),
        (InboundRoute(URL, is_elsewhere=True), "application", URL),
        (None, "pas de ce compte", "expéditeur"),
        (CarrierSilent("503"), "", ""),
    ],
)
def test_what_is_wrong_is_said_with_how_to_mend_it(said, wrong, mend):
    finding = number_checks.judge(NUMBER, said, url=URL)
    assert (finding.wrong != "") is (wrong != "")
    assert wrong in finding.wrong
    assert mend in finding.mend


def test_the_simulator_lists_a_number_as_twilio_does_and_nobody_else_s(simulator):
    account, token = "AC" + "1" * 32, "secret"
    address = f"{simulator}/2010-04-01/Accounts/{account}/IncomingPhoneNumbers.json"
    found = requests.get(address, params={"PhoneNumber": NUMBER}, auth=(account, token), timeout=10).json()
    (number,) = found["incoming_phone_numbers"]
    assert (number["phone_number"], number["sms_url"], number["sms_method"]) == (NUMBER, URL, "POST")
    assert found["next_page_uri"] is None
    for asked in ({}, {"PhoneNumber": "Emmaus80"}):
        none = requests.get(address, params=asked, auth=(account, token), timeout=10).json()
        assert none["incoming_phone_numbers"] == []
    refused = requests.get(address, auth=(account, "other"), timeout=10)
    assert (refused.status_code, refused.json()["code"]) == (401, 20003)


@pytest.mark.parametrize(
    ("demo", "is_real", "is_wrong"), [(True, True, True), (True, False, False), (False, True, False)]
)
def test_a_demonstration_left_on_beside_a_real_carrier_is_told(settings, demo, is_real, is_wrong):
    url = "https://api.twilio.com" if is_real else settings.simulator_url
    finding = checks.demonstration(replace(settings, demo=demo, carrier_url=url))
    assert bool(finding.wrong) is is_wrong
    assert ("TAMBOUR_DEMO=0" in finding.mend) is is_wrong


def test_a_site_that_reaches_real_people_says_who_publishes_it(settings):
    live = replace(settings, carrier_url="https://api.twilio.com")
    whole = dict.fromkeys(LEGAL, "Le programme")
    assert not checks.legal(settings).wrong, "a demonstration is nobody's site"
    assert "TAMBOUR_LEGAL_HOST" in checks.legal(replace(live, **{**whole, "legal_host": ""})).mend
    assert not checks.legal(replace(live, **whole)).wrong
