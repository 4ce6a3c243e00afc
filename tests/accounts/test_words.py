"""Random words, many drawn at once."""

from collections import Counter

from app.accounts.secrets import ALPHABET, LINK_CHARACTERS, new_word, new_words


def test_words_drawn_together_are_as_random_as_one():
    words = new_words(5_000)
    assert {len(word) for word in (*words, new_word())} == {LINK_CHARACTERS}
    assert len(set(words)) == 5_000
    found = Counter("".join(words))
    assert set(found) == set(ALPHABET)
    expected = 5_000 * LINK_CHARACTERS / len(ALPHABET)
    assert all(abs(times - expected) < 8 * expected**0.5 for times in found.values()), "no letter comes more often"
    assert [new_words(0), [len(one) for one in new_words(2, 5)]] == [[], [5, 5]]
