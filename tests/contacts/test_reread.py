"""A sequence that is read anew is the list that it reads."""

from hypothesis import given
from hypothesis import strategies as st

from app.contacts.importing.reading.reread import Reread

PLACES = st.none() | st.integers(-12, 12)


@given(st.integers(0, 9), st.lists(st.slices(9) | st.builds(slice, PLACES, PLACES), max_size=9))
def test_slices_are_those_of_a_list_in_whatever_order(count, asked):
    asked = [at for at in asked if (at.step or 1) > 0]
    whole, read = [*range(count)], Reread(lambda: iter(range(count)), count)
    assert [read[at] for at in asked] == [whole[at] for at in asked]
    assert (read, len(read), [read[at] for at in range(-count, count)]) == (whole, count, whole * 2)


def test_a_slice_asked_for_again_is_not_read_again():
    begun = []

    def numbers():
        begun.append(1)
        yield from range(6)

    read = Reread(numbers, 6)
    assert [read[0:2], read[0:2], read[2:4], read[4:6]] == [[0, 1], [0, 1], [2, 3], [4, 5]]
    assert len(begun) == 1
    assert read[2:4] == [2, 3], "as after a batch that was rolled back"
    assert len(begun) == 2
