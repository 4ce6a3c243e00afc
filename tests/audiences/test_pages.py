"""Selections as a référente walks through their pages."""

import re

import pytest
from sqlalchemy import select

from app.accounts.models import Mode, Role
from app.audiences import segments
from app.campaigns.models import Campaign
from app.consent.models import Channel, OptOut
from app.contacts.models import Contact, ContactList, ContactTag, Tag
from tests.contacts.test_pages import Walker, plain
from tests.factories import NOON, SOMEBODY, make_contact, make_list, make_space, make_user, sign_in

BY = {"by": SOMEBODY, "now": NOON}


@pytest.fixture
def space(database):
    """Seven people: on « Samedi », with « permis B », young or old; two share a phone, one said stop."""
    with database.transaction() as session:
        space = make_space(session, mode=Mode.PRACTICE)
        saturday = make_list(session, space, name="Samedi")
        tag = Tag(space_id=space.id, name="permis B")
        session.add(tag)
        session.flush()
        real = {"phone": "+33612345678", "birth_year": 2000}
        zoe = make_contact(session, space, on=saturday, first_name="Zoé", last_name="Lefèvre", **real)
        make_contact(session, space, on=saturday, first_name="Luc", last_name="Roy", birth_year=1960)
        ada = make_contact(session, space, first_name="Ada", last_name="Petit", birth_year=1999, postcode="80000")
        make_contact(session, space, on=saturday, first_name="Bea", last_name="Roy", birth_year=2001, phone=zoe.phone)
        stop = make_contact(session, space, on=saturday, first_name="Ida", last_name="Stop", birth_year=1998)
        session.add(ContactTag(tag_id=tag.id, contact_id=ada.id))
        session.add(
            OptOut(space_id=space.id, fingerprint=stop.fingerprint, only_missions=False, at=NOON, channel=Channel.SMS)
        )
        return space


@pytest.fixture
def walker(database, client, space):
    with database.transaction() as session:
        sign_in(client, session, make_user(session, space=space, role=Role.EQUIPIERE))
    return Walker(client, space)


def kept(database, space):
    with database.snapshot() as session:
        return {one.name: one for one in segments.every(session, space.id)}


def stamp_of(page):
    return re.search(r'name="stamp" value="([^"]*)"', page.text)[1]


def test_those_that_are_ready_are_only_what_the_space_can_say(walker, database, space):
    page = walker.get("/selections")
    assert "Moins de 35 ans Bénévoles de moins de 35 ans 4 personnes" in page.words
    assert "Pas contactés depuis 3 mois Bénévoles pas contactés depuis 90 jours 5 personnes" in page.words
    assert "Conducteurs Bénévoles avec l'étiquette « permis B » 1 personne" in page.words
    first = page.words.split("Toutes faites")[1]
    names = ["Moins de 35 ans", "Pas contactés depuis 3 mois", "Conducteurs", "Disponibles ce soir"]  # nobody is, yet
    assert [first.index(name) for name in names] == sorted(first.index(name) for name in names)
    assert first.index("Conducteurs") < first.index("Jamais contactés")
    assert first.index("Jamais contactés") < first.index("Dites qui vous cherchez")
    assert "sera ici dès" not in page.words
    taken = walker.post(
        "/selections", _from="/selections", phrase="Bénévoles de moins de 35 ans", name="Moins de 35 ans"
    )
    assert "La sélection « Moins de 35 ans » est prête." in taken.words
    again = walker.post(
        "/selections", _from="/selections", phrase="Bénévoles de moins de 35 ans", name="Moins de 35 ans"
    )
    assert "La sélection « Moins de 35 ans (2) » est prête." in again.words
    assert "Les vôtres" in walker.get("/selections").words


def test_a_typed_sentence_is_shown_as_it_was_understood_before_it_is_used(walker, database, space):
    page = walker.get("/selections?phrase=moins+de+35+ans+et+permis+B")
    assert "Bénévoles de moins de 35 ans, avec l'étiquette « permis B ». 1 personne" in page.words
    assert kept(database, space) == {}
    unread = walker.get("/selections?phrase=qui+aiment+les+chats")
    assert unread.status_code == 422
    assert "Nous ne comprenons pas « qui aiment les chats »" in unread.words
    assert 'value="qui aiment les chats"' in unread.text


def test_the_figure_adds_up_and_somebody_is_told_line_by_line(walker, database, space):
    walker.post("/selections", _from="/selections", phrase="moins de 35 ans, de la liste Samedi", name="Jeunes")
    address = f"/selections/{kept(database, space)['Jeunes'].id}"
    page = walker.get(address)
    assert "1 personne recevra un SMS Après la ligne 2 3" in page.words
    assert "Ne veut plus de SMS − 1" in page.words
    assert "Partage un téléphone qui reçoit déjà ce SMS − 1" in page.words
    assert "Recevront un SMS 1" in page.words
    assert "Ida Stop ne veut plus de SMS" in page.words
    assert "Bea Roy partage un téléphone" in page.words
    for name, said in (
        ("Luc", "Luc Roy n'y est pas non 1. de moins de 35 ans N ans oui 2. de la liste « Samedi » listes : Samedi"),
        ("Ida", "Ida Stop y est, mais ne recevra rien : ne veut plus de SMS"),
        ("Zoé", "Zoé Lefèvre y est oui"),
        ("Personne", "Personne ne porte ce nom"),
    ):
        page = walker.get(f"{address}?q={name}")
        text = re.sub(r'<svg[^>]*aria-label="([^"]*)"', r" \1 <svg", page.text)
        assert said in re.sub(r"\d+ ans oui", "N ans oui", plain(text).replace("« ", "« ")), name


def test_a_condition_takes_two_pages_and_keeps_what_was_typed(walker, database, space):
    first = walker.get("/selections/condition")
    assert "qui ils sont" in first.words.lower()
    page = walker.get("/selections/condition/valeurs?champ=age")
    assert "Complétez la phrase" in page.words
    where = "/selections/condition/valeurs"
    words = {"champ": "age", "stamp": "", "is": "under"}
    wrong = walker.post(where, _from=where + "?champ=age", **words, **{"v-under": "beaucoup"}, act="add")
    assert wrong.status_code == 422
    assert "Écrivez un nombre." in wrong.words
    assert 'value="beaucoup"' in wrong.text
    counted = walker.post(where, _from=where + "?champ=age", **words, **{"v-under": "35"}, act="count")
    assert "4 personnes Bénévoles de moins de 35 ans." in counted.words
    assert kept(database, space) == {}
    back = walker.post(where, _from=where + "?champ=age", **words, **{"v-under": "35"}, act="back")
    assert re.search(r'name="v-under" value="35"', back.text)
    made = walker.post(where, _from=where + "?champ=age", **words, **{"v-under": "35"}, act="add")
    assert "Bénévoles de moins de 35 ans." in made.words
    one = kept(database, space)["De moins de 35 ans"]
    assert one.rule == {"field": "age", "is": "under", "value": 35}
    page = walker.get(f"/selections/{one.id}/condition/valeurs?ligne=1")
    changed = {"ligne": "1", "champ": "age", "is": "over", "v-over": "59", "stamp": stamp_of(page), "act": "add"}
    walker.post(f"/selections/{one.id}/condition/valeurs", _from="/selections", **changed)
    assert list(kept(database, space)) == ["De plus de 59 ans"]  # a name that was only its sentence follows it


def test_lines_are_added_beside_changed_and_taken_out(walker, database, space):
    walker.post("/selections", _from="/selections", phrase="moins de 35 ans", name="Jeunes")
    one = kept(database, space)["Jeunes"]
    where = f"/selections/{one.id}/condition/valeurs"
    tag = one_of(database, Tag)
    for words in (
        {"champ": "tags", "is": "has", "v-has": str(tag), "where": "1"},
        {"champ": "postcode", "is": "starts_with", "v-starts_with": "80", "joint": "and"},
        {"champ": "lists", "is": "has", "v-has": str(one_of_list(database)), "joint": "except"},
    ):
        page = walker.get(f"{where}?champ={words['champ']}")
        walker.post(where, _from="/selections", stamp=stamp_of(page), act="add", **words)
    page = walker.get(f"{where}?champ=lists")
    apart = walker.post(where, _from="/selections", stamp=stamp_of(page), act="add", **{**words, "where": "1"})
    assert "« Sauf ceux » fait toujours une ligne à part" in apart.words
    about = walker.get(f"/selections/{one.id}/condition?where=1&champ=age")
    assert 'name="where" value="1"' in about.text
    assert "personne pour l'instant : Bénévoles de moins de 35 ans" in about.words
    told = walker.get(f"/selections/{one.id}").words
    assert (
        "Bénévoles de moins de 35 ans ou avec l'étiquette « permis B », dont le code postal commence par « 80 », "
        "sauf ceux de la liste « Samedi »."
    ) in told
    page = walker.get(f"{where}?ligne=2")
    assert 'value="80"' in page.text
    walker.post(where, _from="/selections", stamp=stamp_of(page), act="add", ligne="2", choix="0", champ="postcode",
                **{"is": "starts_with", "v-starts_with": "75"})  # fmt: skip
    assert "commence par « 75 »" in walker.get(f"/selections/{one.id}").words
    stale = walker.post(f"/selections/{one.id}/lignes", _from="/selections", stamp=stamp_of(page), ligne="1")
    assert stale.status_code == 409
    assert "La sélection a changé entre-temps" in stale.words
    for line, choice in (("3", ""), ("2", ""), ("1", "1")):  # the choice left alone is still from everybody
        page = walker.get(f"/selections/{one.id}")
        words = {"stamp": stamp_of(page), "ligne": line, "choix": choice}
        walker.post(f"/selections/{one.id}/lignes", _from="/selections", **words)
    assert kept(database, space)["Jeunes"].rule == {"field": "age", "is": "under", "value": 35}
    page = walker.get(f"/selections/{one.id}")
    last = walker.post(f"/selections/{one.id}/lignes", _from="/selections", stamp=stamp_of(page), ligne="1")
    assert "Il faut au moins une ligne" in last.words


def one_of(database, table):
    with database.snapshot() as session:
        return session.scalars(select(table.id).order_by(table.id)).first()


def one_of_list(database):
    return one_of(database, ContactList)


def test_writing_to_the_people_seen_is_bound_to_them(walker, database, space):
    walker.post("/selections", _from="/selections", phrase="moins de 35 ans", name="Jeunes")
    one = kept(database, space)["Jeunes"]
    address = f"/selections/{one.id}"
    page = walker.get(address)
    assert "Écrire à ces 2 personnes" in page.words
    seen = re.search(r'name="seen" value="([^"]+)"', page.text)[1]
    with database.transaction() as session:
        make_contact(session, space, first_name="Eva", birth_year=2002)
        session.get(Contact, one_called(session, "Ada")).birth_year = 1950
    refused = walker.post("/envoyer", _from=address, segments=one.id, seen=seen)
    assert "+1, −1 depuis votre relecture" in refused.words
    assert "Écrire à ces 2 personnes" in refused.words
    for forged in ("x", "y.AAAA", seen[:20]):
        assert "a changé depuis votre relecture" in walker.post("/envoyer", segments=one.id, seen=forged).words
    seen = re.search(r'name="seen" value="([^"]+)"', walker.get(address).text)[1]
    writing = walker.post("/envoyer", _from=address, segments=one.id, seen=seen)
    assert "Les sélections Jeunes Bénévoles de moins de 35 ans" in writing.words
    with database.snapshot() as session:
        campaign = session.scalars(select(Campaign)).one()
        assert campaign.audience["segments"] == [one.id]
    body = {"body": "Bonjour {prénom}, rendez-vous samedi. Les Amis du Quai", "family": "charitable", "name": ""}
    chosen = {"offers_segments": "1", "segments": one.id, "then": "review"}
    review = walker.post(f"/envoyer/{campaign.id}/ecrire", _from="/envoyer", **body, **chosen)
    assert "À la sélection « Jeunes » (bénévoles de moins de 35 ans). 2 personnes le recevront." in review.words
    used = walker.post(f"{address}/supprimer", _from=address)
    assert used.status_code == 409
    assert "Elle sert encore : « Bonjour {prénom}, rendez-vous samedi" in used.words
    walker.post(f"/envoyer/{campaign.id}/ecrire", _from="/envoyer", **body, offers_segments="1", then="stay")
    gone = walker.post(f"{address}/supprimer", _from=address)
    assert "La sélection « Jeunes » est supprimée. Les personnes restent." in gone.words


def test_one_that_is_broken_shows_its_hole_and_is_mended_line_by_line(walker, database, space):
    phrase = "de la liste Samedi, étiquetés permis B, moins de 35 ans"
    walker.post("/selections", _from="/selections", phrase=phrase, name="Jeunes")
    one = kept(database, space)["Jeunes"]
    address = f"/selections/{one.id}"
    with database.transaction() as session:
        session.delete(session.scalars(select(ContactList)).one())
        session.delete(session.scalars(select(Tag)).one())
    page = walker.get(address)
    assert "À réparer : cette sélection ne choisit personne" in page.words
    assert "[choix supprimé]" in page.words
    assert "0 personne recevra un SMS" in page.words
    assert "Écrire à" not in page.words
    assert "à réparer" in walker.get("/selections").words
    copied = walker.post(f"{address}/copier", _from=address)
    assert copied.status_code == 422
    for _hole in range(2):
        page = walker.get(address)
        walker.post(f"{address}/lignes", _from=address, stamp=stamp_of(page), ligne="1")
    assert kept(database, space)["Jeunes"].rule == {"field": "age", "is": "under", "value": 35}
    renamed = walker.post(f"{address}/nom", _from=address, name="Les jeunes")
    assert "Le nom est changé." in renamed.words
    assert "Donnez un nom." in walker.post(f"{address}/nom", _from=address, name=" ").words


def test_a_deeper_rule_made_elsewhere_is_shown_and_can_only_be_taken_out(walker, database, space):
    young, old, b80 = (
        {"field": "age", "is": is_, "value": age} for is_, age in (("under", 35), ("over", 60), ("over", 18))
    )
    with database.transaction() as session:
        rule = {"all": [b80, {"any": [{"all": [young, b80]}, {"none": [old]}]}]}
        one = segments.make(session, space, name="Longue", rule=rule, **BY)
    page = walker.get(f"/selections/{one.id}")
    assert "Une règle plus longue, faite ailleurs" in page.words
    assert "(de moins de 35 ans et de plus de 18 ans)" in page.words
    walker.post(f"/selections/{one.id}/lignes", _from="/selections", stamp=stamp_of(page), ligne="2")
    assert kept(database, space)["Longue"].rule == b80


def test_nobody_yet_leads_to_an_import(database, client):
    with database.transaction() as session:
        empty = make_space(session)
        sign_in(client, session, make_user(session, space=empty, role=Role.EQUIPIERE))
    words = Walker(client, empty).get("/selections").words
    assert "Commençons par vos bénévoles" in words
    assert "Toutes faites" not in words
    with database.transaction() as session:
        make_contact(session, empty, availability=2)
    words = Walker(client, empty).get("/selections").words
    assert "Toutes faites Disponibles ce soir Bénévoles disponibles le soir 1 personne Prendre" in words
    assert "« Conducteurs » sera ici dès qu'une fiche notera la compétence « permis B »." in words


def test_whoever_may_only_read_sees_no_button_that_changes(walker, database, app, space):
    walker.post("/selections", _from="/selections", phrase="moins de 35 ans", name="Jeunes")
    client = app.test_client()
    with database.transaction() as session:
        sign_in(client, session, make_user(session, space=space, role=Role.LECTRICE))
    reader = Walker(client, space)
    for address in ("/selections?phrase=permis+B", f"/selections/{kept(database, space)['Jeunes'].id}?q=Zoé"):
        page = reader.get(address)
        main = page.text[page.text.index("<main") :]
        assert page.status_code == 200
        assert 'method="post"' not in main
        assert "/condition" not in main


def one_called(session, name):
    return session.scalars(select(Contact.id).where(Contact.first_name == name)).one()


def test_where_the_lines_start_is_a_switch(walker, database, space):
    walker.post("/selections", _from="/selections", phrase="moins de 35 ans, de la liste Samedi", name="Jeunes")
    one = kept(database, space)["Jeunes"]
    page = walker.get(f"/selections/{one.id}")
    assert "On part de tous les bénévoles Partir de personne" in page.words
    words = {"_from": "/selections", "stamp": stamp_of(page)}
    turned = walker.post(f"/selections/{one.id}/depart", depart="personne", **words)
    assert "On part de personne, et chaque ligne ajoute les siens : 5 personnes en tout." in turned.words
    assert "de moins de 35 ans Modifier la ligne 1 Retirer la ligne 1 4 en tout" in turned.words
    young, saturday = {"field": "age", "is": "under", "value": 35}, {"field": "lists", "is": "has"}
    rule = kept(database, space)["Jeunes"].rule
    assert rule == {"any": [young, {**saturday, "value": one_of_list(database)}]}
    assert walker.post(f"/selections/{one.id}/depart", depart="tous", **words).status_code == 409
    page = walker.post(f"/selections/{one.id}/lignes", _from="/selections", stamp=stamp_of(turned), ligne="2")
    assert kept(database, space)["Jeunes"].rule == {"any": [young]}
    assert "On part de personne , puis on ajoute" in page.words
    walker.post(f"/selections/{one.id}/depart", _from="/selections", depart="tous", stamp=stamp_of(page))
    assert kept(database, space)["Jeunes"].rule == young
    first = walker.get("/selections/condition?depart=personne")
    assert "On part de personne. Sur quoi choisir les premiers ?" in first.words
    assert 'name="depart" value="personne"' in first.text
    made = {"champ": "age", "is": "under", "v-under": "30", "stamp": "", "act": "add", "depart": "personne"}
    walker.post("/selections/condition/valeurs", _from="/selections", **made)
    assert kept(database, space)["De moins de 30 ans"].rule == {"any": [{**young, "value": 30}]}


def test_the_people_of_a_selection_are_a_page_and_so_are_those_left_out(walker, database, app, space):
    with database.transaction() as session:
        saturday = session.scalars(select(ContactList)).one()
        for at in range(52):
            make_contact(session, space, on=saturday, first_name="Un", last_name=f"Roy {at:02d}", birth_year=1970)
    walker.post("/selections", _from="/selections", phrase="de la liste Samedi", name="Samedi")
    one = kept(database, space)["Samedi"]
    page = walker.get(f"/selections/{one.id}")
    assert "Voir les 56" in page.words
    shown = [
        set(re.findall(r"personne=(\d+)#", walker.get(f"/selections/{one.id}?hasard={turn}").text)) for turn in range(7)
    ]
    assert [len(ten) for ten in shown] == [10] * 7
    assert not shown[0] & shown[1]
    assert len(set().union(*shown[:6])) == 56
    assert shown[6] == shown[0]
    people = walker.get(f"/selections/{one.id}/personnes")
    assert "56 personnes Bénévoles de la liste « Samedi »." in people.words
    assert "Zoé Lefèvre" in people.words
    assert "Ida Stop" not in people.words
    following = re.search(r"apres=([\w-]+)", people.text)[1]
    assert "Ida Stop" in walker.get(f"/selections/{one.id}/personnes?apres={following}").words
    assert "Exporter" not in people.words
    assert "Écrire à ces 54 personnes" in people.words
    aside = walker.get(f"/selections/{one.id}/laissees?raison=same_phone")
    assert "chacune de ces personnes partage un téléphone" in aside.words
    assert "Bea Roy" in aside.words
    assert "Ida" not in aside.words
    assert walker.get(f"/selections/{one.id}/laissees?raison=charme").status_code == 404


def test_somebody_is_left_aside_for_one_sending_alone(walker, database, space):
    walker.post("/selections", _from="/selections", phrase="moins de 35 ans", name="Jeunes")
    one = kept(database, space)["Jeunes"]
    with database.snapshot() as session:
        ada, zoe = (one_called(session, name) for name in ("Ada", "Zoé"))
    page = walker.get(f"/selections/{one.id}?sans={ada}&sans=999999")
    assert "1 personne recevra un SMS" in page.words
    assert "Laissées de côté cette fois − 1 Recevront un SMS 1" in page.words
    assert f'name="except" value="{ada}"' in page.text
    seen = re.search(r'name="seen" value="([^"]+)"', page.text)[1]
    walker.post("/envoyer", _from="/selections", segments=one.id, seen=seen, **{"except": ada})

    def audience():
        with database.snapshot() as session:
            campaign = session.scalars(select(Campaign)).one()
            return campaign.id, campaign.audience["except"]

    campaign, left_out = audience()
    assert left_out == [ada]
    body = {"body": "Bonjour {prénom}, rendez-vous samedi. Les Amis du Quai", "family": "charitable", "name": ""}
    review = walker.post(f"/envoyer/{campaign}/ecrire", _from="/envoyer", **body, offers_segments="1", segments=one.id,
                         then="review")  # fmt: skip
    assert audience() == (campaign, [ada])
    assert "1 personne laissée de côté cette fois Ada Petit" in review.words
    assert "Bénévoles" not in review.words.split("Ce que les gens liront")[1].split("En bref")[0]
    where = f"/envoyer/{campaign}/relire"
    walker.post(f"{where}/sans", _from=where, contact=zoe)
    assert audience() == (campaign, sorted([ada, zoe]))
    back = walker.post(f"{where}/sans", _from=where, contact=ada, remettre="1")
    assert audience() == (campaign, [zoe])
    assert "1 personne laissée de côté cette fois Zoé Lefèvre" in back.words
    assert kept(database, space)["Jeunes"].rule == one.rule
