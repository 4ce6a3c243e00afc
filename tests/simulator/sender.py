"""An association's account at the carrier: Twilio's own client for the API, plain HTTP for the classroom."""

import requests
from twilio.http.http_client import TwilioHttpClient
from twilio.rest import Client

from app.simulator.dice import new_sid

PHONE = "+33639980010"
NUMBER = "+33937000001"


class Sender:
    def __init__(self, address: str, *, sid: str = "", token: str = "secret") -> None:
        self.sid = sid or new_sid().replace("SM", "AC")
        self.token = token
        self.api = f"{address}/2010-04-01/Accounts/{self.sid}/Messages.json"
        self._http = TwilioHttpClient(timeout=10)
        self._plain = requests.Session()
        self._plain.auth = (self.sid, token)
        self._classroom = f"{address}/_simulator/{self.sid}"
        self.client = Client(self.sid, token, http_client=self._http)
        self.client.api.base_url = address

    def __enter__(self) -> "Sender":
        return self

    def __exit__(self, *_) -> None:
        self._http.session.close()
        self._plain.close()

    def send(self, to: str = PHONE, **words):
        return self.client.messages.create(**{"to": to, "from_": NUMBER, "body": "Bonjour", **words})

    def post(self, **form) -> requests.Response:
        """A request of the API as bare as one likes."""
        return self._plain.post(self.api, data=form, timeout=10)

    def room(self, method: str, path: str, **words) -> requests.Response:
        return self._plain.request(method, f"{self._classroom}{path}", timeout=10, **words)

    def ask(self, path: str):
        answer = self.room("GET", path)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def set_faults(self, **faults) -> None:
        assert self.room("PUT", "/weather", json=faults).status_code == 200

    def reply(self, body: str, *, phone: str = PHONE, to: str = NUMBER) -> requests.Response:
        return self.room("POST", f"/handsets/{phone}/reply", json={"body": body, "to": to})
