"""Filters, comparison, doubt and addresses of the catalogue: pure."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.programme.partners.rules import site
from app.programme.tools import rules, schemas, seed, sources, terms, words
from app.programme.tools.rules import Choice, Traits
from app.programme.tools.words import Effort, FactKind, Hosting, Licence, Price, Purpose

TRAITS = st.builds(
    Traits,
    purposes=st.frozensets(st.sampled_from(Purpose)),
    licence=st.sampled_from(Licence),
    price=st.sampled_from(Price),
    hosting=st.sampled_from(Hosting),
    effort=st.sampled_from(Effort),
)
CHOICES = st.builds(
    Choice,
    purposes=st.frozensets(st.sampled_from(Purpose), max_size=2),
    licences=st.frozensets(st.sampled_from(Licence), max_size=1),
    prices=st.frozensets(st.sampled_from([Price.FREE, Price.MIXED, Price.PAID]), max_size=2),
    hostings=st.frozensets(st.sampled_from([Hosting.ONLINE, Hosting.OWN]), max_size=1),
    efforts=st.frozensets(st.sampled_from(Effort), max_size=2),
)
TOOLS = st.lists(TRAITS, max_size=12)


@given(TOOLS, CHOICES)
def test_another_filter_never_shows_more_and_no_filter_shows_all(tools: list[Traits], choice: Choice) -> None:
    found = [one for one in tools if rules.fits(one, choice)]
    assert [one for one in tools if rules.fits(one, Choice())] == tools
    for kind in choice.kinds:
        wider = [one for one in tools if rules.fits(one, choice.without(kind))]
        assert all(one in wider for one in found)


@given(TOOLS, CHOICES)
def test_the_count_beside_a_word_is_what_one_sees_once_it_is_chosen(tools: list[Traits], choice: Choice) -> None:
    for word in Licence:
        alone = choice.with_only("licences", word)
        assert rules.count(tools, choice, "licences", word) == len([one for one in tools if rules.fits(one, alone)])


@given(TOOLS, CHOICES)
def test_each_way_out_of_nothing_leads_to_tools(tools: list[Traits], choice: Choice) -> None:
    for kind, count in rules.helped_by(tools, choice):
        assert count == len([one for one in tools if rules.fits(one, choice.without(kind))]) > 0


@given(CHOICES)
def test_filters_come_back_from_their_own_address(choice: Choice) -> None:
    assert schemas.read_choice(schemas.arguments(choice)) == choice


def test_an_odd_word_of_an_address_chooses_nothing() -> None:
    assert schemas.read_choice({"pour": ["\0", "voler"], "effort": ["9" * 40]}) == Choice()


def test_what_all_have_alike_is_told_apart() -> None:
    alike, differing = rules.parted({"Prix": ["Gratuit", "Gratuit"], "Effort": ["Léger", "Moyen"]})
    assert (alike, differing) == ({"Prix": "Gratuit"}, {"Effort": ["Léger", "Moyen"]})


def test_a_fact_is_doubted_once_it_is_more_than_a_year_old() -> None:
    today = date(2026, 11, 25)
    assert not rules.is_stale(today - timedelta(days=365), today=today)
    assert rules.is_stale(today - timedelta(days=366), today=today)


@pytest.mark.parametrize(
    ("typed", "whole"),
    [
        ("", ""),
        ("www.exemple.fr", "https://www.exemple.fr"),
        ("http://exemple.fr/a?b=c#d", "http://exemple.fr/a?b=c#d"),
        ("javascript:alert(1)", None),
        ("javascript://exemple.fr/%0aalert(1)", None),
        ("https://", None),
        ("https://moi@exemple.fr", None),
        ("un site", None),
        ("https://exemple.fr/" + "a" * 300, None),
    ],
)
def test_a_link_leads_to_a_site_and_nowhere_else(typed: str, whole: str | None) -> None:
    assert site(typed) == whole


@pytest.mark.parametrize(
    ("source", "links"),
    [
        ("www.exemple.fr/charte ; autre.org (2016)", {"www.exemple.fr/charte": "https://www.exemple.fr/charte"}),
        ("help.brevo.com: article 82", {"help.brevo.com": "https://help.brevo.com"}),
        ("https://exemple.fr/a?b=c (lu deux fois)", {"https://exemple.fr/a?b=c": "https://exemple.fr/a?b=c"}),
        ("jitsi/jitsi-meet: LICENSE et lang/main-fr.json ; README.md", {}),
        ("Une bénévole, au téléphone", {}),
        ("javascript:alert(1) ; moi@exemple.fr", {}),
    ],
)
def test_the_addresses_of_a_source_are_links_and_nothing_of_it_is_lost(source: str, links: dict[str, str]) -> None:
    parts = list(sources.parts(source))
    assert "".join(words for words, _address in parts) == source
    assert links.items() <= {words: address for words, address in parts if address}.items()
    assert bool(links) == any(address for _words, address in parts)


@given(st.text(max_size=80))
def test_a_source_is_shown_whole_whatever_it_is(source: str) -> None:
    parts = list(sources.parts(source))
    assert "".join(words for words, _address in parts) == source
    assert all(site(address) == address for _words, address in parts)


def test_a_name_makes_an_address_that_no_page_of_the_catalogue_has() -> None:
    assert terms.slug_of("Bénévalibre 2") == "benevalibre-2"
    assert terms.slug_of("Comparer") == "comparer-outil"
    assert terms.slug_of("« »") == ""


def test_the_first_catalogue_says_each_thing_once_and_doubts_what_its_source_doubts() -> None:
    rows = {row["slug"]: row for row in seed.rows()}
    assert len(rows) == len(seed.rows()) == 53
    assert {row["effort"] for row in rows.values()} <= set(words.LEVELS)
    assert all(set(row["purposes"].split()) <= set(Purpose) and row["purposes"] for row in rows.values())
    assert all(set(row["sure"].split()) <= set(FactKind) for row in rows.values())
    assert all(terms.slug_of(row["slug"]) == row["slug"] for row in rows.values())
    assert all(len(row["does"]) <= 300 and len(row["source"]) <= 400 for row in rows.values())
    assert all(site(row["address"]) == row["address"] for row in rows.values())
    assert [slug for slug, row in rows.items() if not row["address"]] == ["tambour"], "it is wherever it is installed"
    assert all(bool(row["address_source"]) == bool(row["address_read_on"]) for row in rows.values())
    assert all(row["address"] for row in rows.values() if row["address_source"])
    assert all(date.fromisoformat(row["address_read_on"]) for row in rows.values() if row["address_read_on"])
    assert rows["mobilizon"]["address"] == "https://joinmobilizon.org", "the other one chooses a server"
    assert rows["jeveuxaider"]["sure"] == "", "nobody read that it is free of charge"
    assert "price" not in rows["zoom"]["sure"].split(), "its price is second hand"
    assert "licence" in rows["zoom"]["sure"].split()
