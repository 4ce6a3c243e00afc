"""The sentence over the drawing names every axis that shares the first or the last place."""

import pytest

from app.programme.diagnostic.axes import Axis
from app.programme.diagnostic.report import _start, _way

RECRUIT, TRAIN, MOBILISE, *_OTHERS = Axis


@pytest.mark.parametrize(
    ("scores", "sentence"),
    [
        ({RECRUIT: 33, TRAIN: 20}, "Recruter est le plus avancé, Former attend"),
        ({RECRUIT: 33, TRAIN: 20, MOBILISE: 20}, "Recruter est le plus avancé, Former et Mobiliser attendent"),
        ({RECRUIT: 33, TRAIN: 33, MOBILISE: 20}, "Recruter et Former sont les plus avancés, Mobiliser attend"),
        ({**dict.fromkeys(Axis, 67), RECRUIT: 50}, "5 axes vont du même pas, Recruter attend"),
        ({**dict.fromkeys(Axis, 20), RECRUIT: 50}, "Recruter est le plus avancé, les 5 autres attendent"),
        ({RECRUIT: 33, TRAIN: 33}, "Tout avance du même pas"),
    ],
)
def test_at_the_start(scores, sentence):
    assert _start(scores) == sentence


@pytest.mark.parametrize(
    ("gains", "scores", "sentence"),
    [
        ({RECRUIT: 10, TRAIN: 0}, {RECRUIT: 60, TRAIN: 20}, "Recruter a le plus avancé, Former attend"),
        (
            {RECRUIT: 10, TRAIN: 10},
            {RECRUIT: 60, TRAIN: 20, MOBILISE: 20},
            "Recruter et Former ont le plus avancé, Mobiliser attend",
        ),
        ({RECRUIT: 0, TRAIN: 0}, {RECRUIT: 20, TRAIN: 60}, "Rien n'a encore avancé, Recruter d'abord"),
        ({RECRUIT: 10, TRAIN: 0}, {RECRUIT: 20, TRAIN: 60}, "Recruter a le plus avancé, et reste le plus bas"),
    ],
)
def test_at_the_end(gains, scores, sentence):
    assert _way(gains, scores) == sentence
