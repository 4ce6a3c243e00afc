"""Campaigns through the API: written, rehearsed, sent at once, followed, stopped."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from app.accounts.models import Mode, Role
from app.clock import utc_now
from app.consent import service as consent
from app.consent.models import Channel
from app.messaging import receipts
from app.messaging.models import Message, Reply
from app.messaging.receipts import Report
from app.messaging.status import Status
from jobs.launching import launch_due_campaigns
from tests.api.conftest import make_program, refusal
from tests.factories import NOON, SOMEBODY, make_contact, make_list, make_space

BODY = "Bonjour {prénom}, il nous manque des bras samedi."


@pytest.fixture
def people(program, database):
    """A list of three, and its people."""
    with database.transaction() as session:
        one = make_list(session, program.space)
        return one, [make_contact(session, program.space, on=one, first_name=name) for name in ("Zoé", "Paul", "Léa")]


def draft(program, one, **words):
    return program.post("/campaigns", {"name": "Braderie", "body": BODY, "audience": {"lists": [one.id]}, **words})


def act(program, campaign, verb, body=None, *, status=202):
    return program.post(f"/campaigns/{campaign['id']}/{verb}", body, status=status)


def test_a_draft_is_written_in_several_goes(program, people):
    campaign = draft(program, people[0], body="")
    assert (campaign["stage"], campaign["family"], campaign["sender"]) == ("draft", "charitable", program.space.sender)
    to_list = {"lists": [people[0].id], "segments": [], "segment": None, "contacts": [], "except": []}
    assert campaign["audience"] == to_list
    assert campaign["counts"] == {status.value: 0 for status in Status}
    changed = program.ask("PATCH", f"/campaigns/{campaign['id']}", {"body": BODY, "budget_micros": 1_000_000}).json
    assert (changed["body"], changed["budget_micros"], changed["name"]) == (BODY, 1_000_000, "Braderie")
    assert program.get(f"/campaigns/{campaign['id']}") == changed
    assert program.get("/campaigns")["items"] == [changed]


def test_the_dry_run_says_who_gets_what_and_who_does_not(program, people, database):
    one, (zoe, paul, _lea) = people
    with database.transaction() as session:
        consent.object_to(session, program.space.id, paul.fingerprint, channel=Channel.SPOKEN, by=SOMEBODY, now=NOON)
    run = act(program, draft(program, one), "dry-run", status=200)
    assert (run["people"], run["parts"], run["by_parts"]) == (2, 2, {"1": 2})
    assert (run["price_micros"], run["currency"], run["refusal"]) == (150_000, "EUR", None)
    assert run["left_out"] == {"opted_out": 1}
    assert run["left_out_names"] == {"opted_out": [paul.name]}
    assert run["sample"][0]["contact_id"] == zoe.id
    assert run["sample"][0]["body"].startswith("Bonjour Zoé, ")


def test_the_dry_run_warns_of_a_sign_against_the_link(program, people):
    run = act(program, draft(program, people[0], body="Vous venez ({lien}) ?"), "dry-run", status=200)
    assert run["refusal"] is None
    assert [one["code"] for one in run["warnings"]] == ["link_stuck"]
    assert "« ) »" in run["warnings"][0]["detail"]
    assert act(program, draft(program, people[0]), "dry-run", status=200)["warnings"] == []


def test_the_dry_run_names_who_waits_for_their_reply_to_be_read(program, people, database):
    one, (zoe, _paul, _lea) = people
    words = {"account_sid": "AC1", "carrier_sid": "SM1", "body": "Laissez-moi", "meaning": "unclear", "at": NOON}
    with database.transaction() as session:
        session.add(Reply(space_id=program.space.id, phone=zoe.phone, **words))
    run = act(program, draft(program, one), "dry-run", status=200)
    assert (run["people"], run["unread"], run["left_out"]) == (3, {"people": 1, "names": [zoe.name]}, {})


def test_a_campaign_that_cannot_leave_is_rehearsed_and_says_why(program, people):
    run = act(program, draft(program, people[0], body=""), "dry-run", status=200)
    assert (run["people"], run["refusal"]["code"]) == (3, "body_empty")
    problem = program.ask("POST", f"/campaigns/{draft(program, people[0], body='{nope}')['id']}/dry-run")
    refusal(problem, 422, "unknown_field")


def test_now_means_now(program, people, runtime, database):
    before = utc_now()
    campaign = act(program, draft(program, people[0]), "schedule", {"at": None})
    assert campaign["stage"] == "scheduled"
    launch_due_campaigns(runtime)
    sent = program.get(f"/campaigns/{campaign['id']}")
    assert (sent["stage"], sent["counts"]["queued"], sent["price_micros"]) == ("sending", 3, 225_000)
    assert set(sent["counts"]) == {status.value for status in Status}
    with database.snapshot() as session:
        assert min(session.scalars(select(Message.not_before))) - before < timedelta(seconds=10)
    assert program.get("/space")["budget_used_micros"] == 225_000


def test_a_second_schedule_is_a_conflict_that_sends_nothing_twice(program, people, runtime, database):
    campaign = draft(program, people[0])
    act(program, campaign, "schedule", {})
    for path, method, body in (("/schedule", "POST", {"at": None}), ("", "PATCH", {"body": "Autre"})):
        answer = program.ask(method, f"/campaigns/{campaign['id']}{path}", body)
        refusal(answer, 409, "campaign_scheduled")
    launch_due_campaigns(runtime)
    with database.snapshot() as session:
        assert len(session.scalars(select(Message.id)).all()) == 3


def test_a_time_is_kept_with_its_offset_and_never_in_the_past(program, people):
    at = (utc_now() + timedelta(days=2)).replace(microsecond=0)
    campaign = draft(program, people[0])
    for wrong, code in (
        ("2020-01-01T12:00:00+01:00", "time_past"),
        ("0001-01-01T00:00:00+23:59", "invalid"),
        ("9999-12-31T23:59:59-23:59", "invalid"),
        ("demain", "invalid"),
        (1893456000, "invalid"),
    ):
        problem = refusal(program.ask("POST", f"/campaigns/{campaign['id']}/schedule", {"at": wrong}), 422, code)
        assert "at" in problem["errors"]
    scheduled = act(program, campaign, "schedule", {"at": at.isoformat()})
    assert scheduled["send_at"] == at.isoformat()


def test_pause_resume_and_cancel(program, people, runtime):
    campaign = draft(program, people[0])
    refusal(program.ask("POST", f"/campaigns/{campaign['id']}/cancel"), 409, "campaign_draft")
    act(program, campaign, "schedule", {})
    launch_due_campaigns(runtime)
    assert act(program, campaign, "pause")["stage"] == "paused"
    refusal(program.ask("POST", f"/campaigns/{campaign['id']}/pause"), 409, "campaign_paused")
    assert act(program, campaign, "resume")["stage"] == "sending"
    assert act(program, campaign, "cancel")["stage"] == "cancelled"
    refusal(program.ask("POST", f"/campaigns/{campaign['id']}/resume"), 409, "campaign_cancelled")


def test_messages_are_read_by_status_and_by_page(program, people, runtime, database):
    campaign = draft(program, people[0])
    path = f"/campaigns/{campaign['id']}/messages"
    assert program.get(path) == {"items": [], "next": None}
    act(program, campaign, "schedule", {})
    launch_due_campaigns(runtime)
    first = program.get(f"{path}?limit=2")
    rest = program.get(f"{path}?limit=2&after={first['next']}")
    assert [one["contact_id"] for one in first["items"] + rest["items"]] == [person.id for person in people[1]]
    assert rest["next"] is None
    with database.transaction() as session:
        report = Report("undelivered", "SM" + "0" * 32, 30005)
        receipts.record(session, first["items"][0]["id"], report, now=utc_now())
    (lost,) = program.get(f"{path}?status=undelivered")["items"]
    assert len(program.get(f"{path}?status=queued")["items"]) == 2
    message = program.get(f"/messages/{lost['id']}")
    assert (message["error_code"], message["error_words"]) == (30005, "Numéro inconnu ou plus attribué.")
    (receipt,) = message["receipts"]
    assert (receipt["word"], receipt["error_words"]) == ("undelivered", message["error_words"])
    assert program.get(f"/campaigns/{campaign['id']}")["counts"] | {"undelivered": 1, "queued": 2} == {
        **{status.value: 0 for status in Status}, "undelivered": 1, "queued": 2,
    }  # fmt: skip
    refusal(program.ask("GET", f"{path}?status=lost"), 422, "invalid")


@pytest.mark.parametrize(
    ("words", "field"),
    [
        ({"body": "x" * 2000}, "body"),
        ({"body": "a\x00b"}, "body"),
        ({"family": "spam"}, "family"),
        ({"family": []}, "family"),
        ({"budget_micros": -1}, "budget_micros"),
        ({"budget_micros": 10**30}, "budget_micros"),
        ({"audience": []}, "audience._schema"),
        ({"audience": {"lists": ["1"]}}, "audience.lists.0"),
        ({"audience": {"lists": [10**30]}}, "audience.lists.0"),
        ({"audience": {"people": []}}, "audience.people"),
        ({"stage": "sending"}, "stage"),
    ],
)
def test_a_draft_of_the_wrong_types_is_refused_by_field(program, words, field):
    assert field in refusal(program.ask("POST", "/campaigns", words), 422, "invalid")["errors"]


def test_a_draft_for_what_is_not_there_is_refused(program):
    for audience, code in (
        ({"lists": [999]}, "audience_unknown"),
        ({"segment": {"all": []}}, "segment_unknown"),
    ):
        refusal(program.ask("POST", "/campaigns", {"audience": audience}), 422, code)
    refusal(program.ask("POST", "/campaigns", {"sender": "0612345678"}), 422, "sender_mobile")


def test_another_spaces_campaigns_and_messages_do_not_exist(app, program, people, runtime, database):
    campaign = draft(program, people[0])
    act(program, campaign, "schedule", {})
    launch_due_campaigns(runtime)
    message = program.get(f"/campaigns/{campaign['id']}/messages")["items"][0]
    other = make_program(app, database)
    at = f"/campaigns/{campaign['id']}"
    for method, path, body in (
        ("GET", at, None), ("PATCH", at, {}),
        ("GET", f"{at}/messages", None), ("GET", f"/messages/{message['id']}", None),
        *(("POST", f"{at}/{verb}", {}) for verb in ("dry-run", "schedule", "pause", "resume", "cancel")),
    ):  # fmt: skip
        assert other.ask(method, path, body).status_code == 404, path
    assert other.get("/campaigns")["items"] == []


def test_what_each_role_may_do(app, database):
    with database.transaction() as session:
        space = make_space(session, mode=Mode.PRACTICE)
        one = make_list(session, space)
        contact = make_contact(session, space, on=one)
    reader, writer, chief = (make_program(app, database, role=role, space=space) for role in Role)
    campaign = draft(writer, one)
    at = f"/campaigns/{campaign['id']}"
    for path, body in (
        ("/campaigns", {}), (f"{at}/schedule", {}), (f"{at}/pause", None), (f"{at}/resume", None),
        (f"{at}/cancel", None), ("/messages", {"contact_id": contact.id, "body": "Bonjour"}),
    ):  # fmt: skip
        refusal(reader.ask("POST", path, body), 403, "role_too_low")
    refusal(reader.ask("PATCH", at, {"body": "Autre"}), 403, "role_too_low")
    assert reader.get(at)["stage"] == "draft"
    assert act(reader, campaign, "dry-run", status=200)["people"] == 1
    reader.post("/texts/measure", {"body": "Bonjour"}, status=200)
    assert act(chief, campaign, "schedule", {})["stage"] == "scheduled"


def test_a_schedule_whose_body_was_lost_sends_nothing(program, people):
    campaign = draft(program, people[0])
    refusal(program.ask("POST", f"/campaigns/{campaign['id']}/schedule"), 422, "invalid")
    assert program.get(f"/campaigns/{campaign['id']}")["stage"] == "draft"
    assert act(program, campaign, "schedule", {})["stage"] == "scheduled"
