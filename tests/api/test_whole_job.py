"""The main job by a program alone: a spreadsheet in, a text out, each message followed to its fate."""

import io
import time

from tests.api.conftest import make_program
from tests.stage import standing_stage

REFUSED = ["06 39", "", "01 23 45 67 89", "06 12 34 56 78"]
FATES = {"00": "undelivered", "01": "undelivered", "02": "failed", "03": "failed", "04": "undelivered", "05": "sent"}


def test_a_program_imports_sends_and_sees_every_message_arrive(settings, tmp_path):
    numbers = [f"06 39 98 20 {end:02d}" for end in range(24)]
    rows = "".join(f"Zoé;{number}\r\n" for number in [*numbers, *REFUSED])
    file = (io.BytesIO(f"Prénom;Téléphone\r\n{rows}".encode("cp1252")), "liste.csv")
    with standing_stage(settings, tmp_path) as stage:
        program = make_program(stage.app, stage.runtime.database)
        started = program.ask("POST", "/imports", data={"file": file, "list": "Braderie"}, key="import")
        assert started.status_code == 202
        stage.work()
        done = program.get(f"/imports/{started.json['id']}")
        assert (done["status"], done["created"], done["refused"]) == ("finished", 24, 4)
        (one,) = program.get("/lists")["items"]
        campaign = program.post(
            "/campaigns", {"body": "Bonjour {prénom}, à samedi.", "audience": {"lists": [one["id"]]}}
        )
        program.post(f"/campaigns/{campaign['id']}/schedule", {"at": None}, status=202)
        wanted = {f"+3363998{number[-5:].replace(' ', '')}": FATES.get(number[-2:], "delivered") for number in numbers}
        end = time.monotonic() + 60
        while time.monotonic() < end:
            stage.work()
            messages = program.get(f"/campaigns/{campaign['id']}/messages")["items"]
            if {message["phone"]: message["status"] for message in messages} == wanted:
                break
            time.sleep(0.1)
        else:
            raise AssertionError(messages)
        ledger = stage.simulator(program.space, "GET", "ledger")["items"]
    assert [row["count"] for row in ledger] == [1] * 23, "a phone that was off is tried once more"
    off = [row["to"] for row in ledger].count("+33639982000")
    assert off == 2
