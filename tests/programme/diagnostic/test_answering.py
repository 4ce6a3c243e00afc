"""People answer alone by a personal link; the agreed answer is settled; the page says what it means."""

from sqlalchemy import select

from app.accounts.models import Activity, Space
from app.accounts.secrets import digest
from app.messaging.models import Message
from app.messaging.status import Status
from app.programme.cohorts import people
from app.programme.cohorts.models import Function
from app.programme.diagnostic import service
from app.programme.diagnostic.answer_pages import FREE_WRONG_LINKS
from app.programme.diagnostic.axes import Axis, Moment
from app.programme.diagnostic.models import Diagnostic, OwnAnswer, Respondent
from tests.factories import SOMEBODY, next_phone
from tests.messaging.desk import post_status
from tests.programme.cohorts.test_cohorts import told
from tests.programme.diagnostic.conftest import KEYS, link_in


def rows(database, table):
    with database.snapshot() as session:
        return session.scalars(select(table)).all()


def answer(client, link, **answers):
    """Six pages, « 1 » everywhere but where told otherwise; what is None is left out."""
    for path, letter in zip(
        ("recruter", "former", "mobiliser", "valoriser", "gouverner", "proteger"), "RFMVGD", strict=True
    ):
        form = {f"a-{key}": answers.get(key, "1") for key in KEYS if key[0] == letter}
        form = {name: value for name, value in form.items() if value is not None}
        assert client.post(f"{link}/{path}", data=form).status_code == 303
    return client.post(f"{link}/fini")


def test_each_answers_alone_without_account_nor_cookie_and_takes_it_up_again(opened, app, database):
    link = opened.ask("Karim Benali", "director")
    anybody = app.test_client()
    start = anybody.get(link)
    assert start.status_code == 200
    assert "Bonjour Karim Benali" in told(start.text)
    assert "30 questions sur Les Jardins de la Selle" in told(start.text)
    assert "Set-Cookie" not in start.headers
    app.config["WTF_CSRF_ENABLED"] = True
    kept = anybody.post(f"{link}/recruter", data={"a-R1": "3", "a-R2": "?", "a-Z9": "1", "a-R3": "douze"})
    app.config["WTF_CSRF_ENABLED"] = False
    assert (kept.status_code, kept.location) == (303, f"{link}/former")
    assert "Set-Cookie" not in kept.headers
    assert {(one.key, one.value) for one in rows(database, OwnAnswer)} == {("R1", 3), ("R2", None)}
    again = told(app.test_client().get(link).text)
    assert "Reprendre à « Recruter »" in again
    assert "2 sur 5" in again
    page = anybody.get(f"{link}/recruter").text
    assert 'name="a-R1" value="3" checked' in page
    assert 'name="a-R2" value="?" checked' in page
    saved = anybody.post(f"{link}/recruter", data={"a-R1": "0"}, headers={"HX-Request": "true"})
    assert (saved.status_code, "Enregistré à" in saved.text) == (200, True)
    early = anybody.post(f"{link}/fini")
    assert early.status_code == 422
    assert "Il reste 28 questions sans réponse" in told(early.text)
    assert f'{link}/former#F1"' in early.text
    assert anybody.post(f"{link}/fini", data={"rest": "unknown"}).status_code == 303
    assert "Vous avez répondu, merci" in told(anybody.get(link).text)
    assert anybody.post(f"{link}/gouverner", data={"a-G1": "2"}).status_code == 303, "it may be changed still"
    assert "1 personne sur 1 a répondu" in told(opened.own.get(opened.page).text)
    for path in ("/diagnostic/nimporte", f"{link}/ailleurs"):
        gone = anybody.get(path)
        assert (gone.status_code, "Ce lien n’ouvre plus rien" in told(gone.text)) == (404, True)


def test_a_link_is_kept_by_its_digest_and_a_new_one_ends_the_one_before(opened, app, database, programme):
    link = opened.ask("Karim")
    [one] = rows(database, Respondent)
    assert one.token_digest == digest(link.rpartition("/")[2])
    again = f"{opened.page}/debut/personnes/{one.id}"
    newer = link_in(opened.own.post(f"{again}/lien").text)
    anybody = app.test_client()
    assert (anybody.get(link).status_code, anybody.get(newer).status_code) == (404, 200)
    twice = opened.own.post(f"{opened.page}/debut/personnes", data={"name": " karim ", "function": "board"})
    assert (twice.status_code, "répond déjà à ce diagnostic" in told(twice.text)) == (422, True)
    for form, sentence in (
        ({"name": "", "function": "board"}, "Qui répond"),
        ({"name": "Odile", "function": "chat"}, "Choisissez sa fonction"),
        ({"name": "Odile", "function": "board", "phone": "01 23"}, ""),
    ):
        refused = opened.own.post(f"{opened.page}/debut/personnes", data=form)
        assert (refused.status_code, sentence in told(refused.text)) == (422, True)
        assert 'value="Odile"' in refused.text or not form["name"]
    answer(anybody, newer)
    assert opened.own.post(f"{again}/retirer").status_code == 302
    assert (rows(database, Respondent), rows(database, OwnAnswer)) == ([], [])
    assert anybody.get(newer).status_code == 404
    notes = [one.note for one in rows(database, Activity) if one.verb.startswith("diagnostic.")]
    assert notes and not any("Karim" in note for note in notes), "names go, the journal stays"


def test_wrong_links_wait_past_many_of_them_and_a_right_one_never_does(opened, app, database):
    link, anybody = opened.ask("Karim"), app.test_client()
    assert anybody.get(f"{link}/nulle-part").status_code == 404
    guesses = [anybody.get("/diagnostic/22222222222222").status_code for _guess in range(FREE_WRONG_LINKS)]
    assert set(guesses) == {404}
    assert anybody.post("/diagnostic/22222222222222/fini").status_code == 404
    late = anybody.get("/diagnostic/22222222222222")
    assert (late.status_code, "Trop d’essais" in told(late.text)) == (429, True)
    assert anybody.get(link).status_code == 200


def test_the_link_leaves_by_sms_from_the_programme_s_space_or_is_shown_with_the_reason(opened, database, programme):
    phone = next_phone()
    form = {"name": "Odile Vasseur", "function": "board", "phone": phone}
    sent = opened.own.post(f"{opened.page}/debut/personnes", data=form)
    assert sent.status_code == 302
    [message] = rows(database, Message)
    assert (message.space_id, message.phone, message.parts) == (programme.id, phone, 1)
    assert "Les Jardins de la Selle" in message.body
    assert "http://tambour.test/diagnostic/" in message.body
    with database.transaction() as session:
        session.get_one(Space, programme.id).sender = ""
    answered = opened.own.post(f"{opened.page}/debut/personnes", data={**form, "name": "Paul", "phone": next_phone()})
    assert "Le SMS n’est pas parti" in told(answered.text)
    assert link_in(answered.text)
    assert len(rows(database, Message)) == 1
    with database.transaction() as session:
        home = session.get_one(Space, programme.id)
        home.sender, home.budget_micros = "Tambour", 0
    poor = opened.own.post(f"{opened.page}/debut/personnes", data={**form, "name": "Léa", "phone": next_phone()})
    assert "Le budget de ce mois ne suffit pas" in told(poor.text)
    with database.transaction() as session:
        session.get_one(Space, programme.id).budget_micros = None
    again = f"{opened.page}/debut/personnes/{rows(database, Respondent)[0].id}/lien"
    sendings = [opened.own.post(again, data={"by": "sms"}) for _time in range(3)]
    assert [one.status_code for one in sendings] == [302, 302, 200], "three a day: the programme pays"
    assert link_in(sendings[-1].text)


def test_a_link_that_waits_does_not_leave_once_it_opens_nothing(opened, app, database, programme, settings):
    def statuses():
        return [one.status for one in sorted(rows(database, Message), key=lambda one: one.id)]

    def ask(name):
        form = {"name": name, "function": "board", "phone": next_phone()}
        assert opened.own.post(f"{opened.page}/debut/personnes", data=form).status_code == 302
        return f"{opened.page}/debut/personnes/{max(one.id for one in rows(database, Respondent))}"

    odile = ask("Odile")
    assert opened.own.post(f"{odile}/lien", data={"by": "sms"}).status_code == 302
    assert statuses() == [Status.WITHDRAWN, Status.QUEUED], "another link takes its place"
    with database.transaction() as session:
        session.scalars(select(Message).where(Message.status == Status.QUEUED)).one().status = Status.SENT
        gone = session.scalars(select(Message).where(Message.status == Status.SENT)).one()
    assert opened.own.post(f"{odile}/retirer").status_code == 302
    assert statuses() == [Status.WITHDRAWN, Status.SENT], "what has left has left"
    post_status(app.test_client(), settings, gone, MessageStatus="undelivered", ErrorCode="30003")
    assert statuses() == [Status.WITHDRAWN, Status.UNDELIVERED], "and not a second time, to a phone that was off"
    paul = ask("Paul")
    ask("Zoé")
    assert opened.own.post(f"{paul}/retirer").status_code == 302
    assert statuses()[2:] == [Status.WITHDRAWN, Status.QUEUED], "the other one is still asked"
    assert opened.agree().status_code == 302
    assert statuses()[2:] == [Status.WITHDRAWN] * 2, "nobody answers any more"


def test_a_link_that_waits_does_not_leave_once_its_association_or_its_reader_has_left_or_the_cohort_is_closed(
    opened, database, programme, settings
):
    def statuses():
        return [one.status for one in sorted(rows(database, Message), key=lambda one: one.id)]

    with database.transaction() as session:
        home = session.get_one(Space, programme.id)
        words = {"settings": settings, "by": SOMEBODY, "now": home.created_at}
        card = {"phone": next_phone(), "first_name": "Amina", "last_name": "Diallo"}
        person = people.add(session, home, opened.association.id, function=Function.DIRECTOR, card=card, **words)
    asked = f"{opened.page}/debut/personnes"
    assert opened.own.post(asked, data={"person_id": person.id}).status_code == 302
    for name in ("Paul", "Zoé"):
        opened.own.post(asked, data={"name": name, "function": "board", "phone": next_phone()})
    assert statuses() == [Status.QUEUED] * 3
    own = f"/programme/associations/{opened.association.id}/personnes/{person.id}/retirer"
    assert opened.staff.post(own).status_code == 302
    assert statuses() == [Status.WITHDRAWN, Status.QUEUED, Status.QUEUED]
    cohort = f"/programme/cohortes/{opened.cohort_id}"
    state = f"{cohort}/associations/{opened.association.id}/etat"
    assert opened.staff.post(state, data={"to": "left", "reason": "Fermée."}).status_code == 302
    assert statuses() == [Status.WITHDRAWN] * 3
    for to in ("invited", "inside"):
        assert opened.staff.post(state, data={"to": to}).status_code == 302
    opened.own.post(asked, data={"name": "Léa", "function": "board", "phone": next_phone()})
    assert statuses()[3:] == [Status.QUEUED]
    assert opened.staff.post(f"{cohort}/clore").status_code == 302
    assert statuses()[3:] == [Status.WITHDRAWN]


def test_people_whom_the_programme_knows_are_asked_in_one_press(opened, database, programme, settings):
    card = {"phone": next_phone(), "first_name": "Amina", "last_name": "Diallo"}
    with database.transaction() as session:
        home = session.get_one(Space, programme.id)
        words = {"settings": settings, "by": SOMEBODY, "now": home.created_at}
        person = people.add(session, home, opened.association.id, function=Function.DIRECTOR, card=card, **words)
    assert "Amina Diallo" in told(opened.own.get(opened.page).text)
    assert card["phone"][3:] not in opened.own.get(opened.page).text
    assert opened.own.post(f"{opened.page}/debut/personnes", data={"person_id": person.id}).status_code == 302
    [last] = [one for one in rows(database, Respondent) if one.person_id == person.id]
    assert (last.name, last.function, last.phone) == ("Amina Diallo", Function.DIRECTOR, card["phone"])
    assert opened.own.post(f"{opened.page}/debut/personnes", data={"person_id": 999}).status_code == 404


def test_the_agreed_answer_starts_with_what_differs_and_settling_it_closes_the_links(opened, app, database):
    anybody = app.test_client()
    karim, odile = opened.ask("Karim", "director"), opened.ask("Odile")
    answer(anybody, karim, R1="3", D1="0")
    answer(anybody, odile, R1="?", D2="3")
    page = told(opened.own.get(f"{opened.page}/debut/commune").text)
    assert "2 questions sur lesquelles vous ne dites pas la même chose" in page, "who does not know contradicts nobody"
    assert "28 questions sur lesquelles vous êtes d’accord" in page
    assert 'name="a-R1" value="3" checked' in opened.own.get(f"{opened.page}/debut/commune").text
    assert "Karim Oui, et on vérifie que ça marche Odile Je ne sais pas" in page
    partly = opened.own.post(f"{opened.page}/debut/commune", data={"a-R1": "2", "then": "settle"})
    assert partly.status_code == 422
    assert "29 points à corriger" in told(partly.text)
    assert "1 question sur 30 remplie" in told(opened.own.get(opened.page).text), "nothing is lost"
    assert opened.agree(D1="0", F4="?").status_code == 302
    with database.snapshot() as session:
        found = service.scores(session, opened.association.id, opened.cohort_id, Moment.T0)
        assert found is not None
        assert {axis: one.score for axis, one in found.axes.items()} == {**dict.fromkeys(Axis, 67), Axis.PROTECT: 53}
        assert (found.axes[Axis.TRAIN].answered, found.version) == (4, 1)
        assert [one.key for one in found.lowest(Axis.PROTECT)] == ["D1", "D2"]
        assert service.took_part(session, opened.cohort_id, Moment.T0) == {
            opened.association.id: {Function.DIRECTOR, Function.BOARD}
        }
        assert service.sms_block(session, opened.association.id) == ["D1"]
        assert {one.phone for one in session.scalars(select(Respondent))} == {""}
    closed = anybody.get(karim)
    assert "La réponse commune est arrêtée" in told(closed.text)
    assert anybody.post(f"{karim}/recruter", data={"a-R1": "0"}).status_code == 303
    assert {one.value for one in rows(database, OwnAnswer) if one.key == "R1"} == {3, None}, (
        "nothing is written any more"
    )
    assert opened.agree().status_code == 409
    report = told(opened.own.get(opened.page).text)
    assert "la réponse commune de 2 personnes" in report
    assert "5 axes vont du même pas, Protéger attend" in report
    assert "Former et accueillir 4 questions sur 5 67 solide" in report
    assert "Informer les personnes quand on note leur numéro Protéger : « Non, rien »" in report
    assert "Sait-on qui a suivi quelle formation ? Former. Demander à qui tient les feuilles de présence." in report
    assert "Karim, Odile ont donné une réponse" in report
    assert "SMS groupé : en attente" in report


def test_somebody_else_s_word_is_shown_before_it_is_written_over(opened, database):
    form = {"a-R1": "2", "vu-R1": ""}
    assert opened.staff.post(f"{opened.desk}/debut/commune", data=form).status_code == 302
    older = opened.own.post(f"{opened.page}/debut/commune", data={"a-R1": "0", "vu-R1": "", "a-R2": "1", "vu-R2": ""})
    assert older.status_code == 422
    assert "Inès Carlier a écrit « Oui, c’est organisé » à" in told(older.text)
    assert 'name="a-R1" value="0" checked' in older.text
    assert 'name="vu-R1" value="2"' in older.text
    assert 'name="a-R2" value="1" checked' in older.text
    again = opened.own.post(f"{opened.page}/debut/commune", data={"a-R1": "0", "vu-R1": "2", "a-R2": "1", "vu-R2": ""})
    assert again.status_code == 302
    with database.snapshot() as session:
        [one] = session.scalars(select(Diagnostic))
        assert {key: (row.value, row.written_by) for key, row in service.agreed(session, one.id).items()} == {
            "R1": (0, "Nadège Collin"), "R2": (1, "Nadège Collin"),
        }  # fmt: skip


def test_all_unknown_says_what_to_do_instead_of_a_score(opened):
    assert opened.agree(**dict.fromkeys(KEYS, "?")).status_code == 302
    page = told(opened.own.get(opened.page).text)
    assert "Trop peu de réponses pour un score" in page
    assert "Aucune pour l’instant : presque tout est « Je ne sais pas »" in page
    assert "0 sur 5 : trop peu de réponses" in page
    assert "Demander au secrétariat." in page
    assert "Recommandé, avec 3 points à éclaircir" in page, "what nobody knows is not said to be well"
    assert opened.own.get(opened.page).text.count('class="ring unscored"') == 6


def test_the_text_to_everybody_waits_until_somebody_says_how_it_was_mended(opened, database):
    opened.agree(D1="0", D4="0", D3="?")
    blank = opened.own.post(f"{opened.page}/repare", data={"key": "D1", "how-D1": "  "})
    assert (blank.status_code, "Dites ce qui a été fait" in told(blank.text)) == (422, True)
    for key in ("D3", "R1", "\0"):
        assert opened.own.post(f"{opened.page}/repare", data={"key": key, f"how-{key}": "x"}).status_code in (409, 422)
    assert opened.staff.post(f"{opened.desk}/debut/rouvrir").status_code == 302
    with database.snapshot() as session:
        assert service.sms_block(session, opened.association.id) == ["D1", "D4"], "to take it up again lifts nothing"
    opened.own.post(f"{opened.page}/debut/commune", data={"then": "settle"})
    for key in ("D1", "D4"):
        form = {"key": key, f"how-{key}": "Une phrase sur le bulletin"}
        assert opened.own.post(f"{opened.page}/repare", data=form).status_code == 302
    with database.snapshot() as session:
        assert service.sms_block(session, opened.association.id) == []
        found = service.scores(session, opened.association.id, opened.cohort_id, Moment.T0)
        assert found is not None and found.answers["D1"] == 0, "the answer stays, for the comparison"
    page = told(opened.own.get(opened.page).text)
    assert "De nouveau recommandé depuis le" in page
    assert "Une phrase sur le bulletin" in page


def test_not_to_know_at_the_end_lifts_nothing_that_the_start_withheld(opened, database):
    opened.agree(D1="0", D4="0", D3="2")
    form = {"key": "D4", "how-D4": "Une phrase sur le bulletin"}
    assert opened.own.post(f"{opened.page}/repare", data=form).status_code == 302
    assert opened.staff.post(f"{opened.desk}/ouvrir", data={"moment": "fin"}).status_code == 302
    assert opened.agree(moment="fin", **dict.fromkeys(KEYS, "?")).status_code == 302
    with database.snapshot() as session:
        assert service.sms_block(session, opened.association.id) == ["D1"]
    page = told(opened.own.get(opened.page).text)
    assert "SMS groupé : en attente" in page
    assert "De nouveau recommandé" not in page
    form = {"key": "D1", "how-D1": "Une phrase sur le bulletin"}
    assert opened.own.post(f"{opened.page}/repare", data=form).status_code == 302
    assert "De nouveau recommandé depuis" in told(opened.own.get(opened.page).text)


def test_settling_names_who_has_not_finished_and_only_they_are_texted_again(opened, app):
    anybody = app.test_client()
    karim = opened.ask("Karim", "director")
    opened.ask("Odile")
    answer(anybody, karim)
    page = told(opened.own.get(f"{opened.page}/debut/commune").text)
    assert "Odile n’a pas fini de répondre." in page
    assert "Karim n’a pas fini" not in page
