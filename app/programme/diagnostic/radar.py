"""The radar of six axes as points of a drawing of 446 by 384; its table holds the same figures. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import cos, pi, sin

from app.programme.diagnostic.axes import SHORT, Axis

WIDTH, HEIGHT = 446, 384
CENTRE = (223.0, 190.0)
RADIUS = 140.0
_WORDS_AT = 155.4
"""How far from the centre the words stand."""
Point = tuple[float, float]


@dataclass(frozen=True)
class Spoke:
    """One axis: where it ends, its words, and its marks; ``before`` and ``now`` are None without a score."""

    name: str
    value: str
    """« 33 → 60 », « 33 », « – »."""
    end: Point
    words: Point
    anchor: str
    before: Point | None
    now: Point | None

    @property
    def is_dashed(self) -> bool:
        return self.now is None


@dataclass(frozen=True)
class Radar:
    """``areas`` are closed where all six axes have a score; else lines join the neighbours that have one."""

    spokes: Sequence[Spoke]
    rings: Sequence[str]
    half: str
    area_before: str
    area_now: str
    lines_before: Sequence[str]
    lines_now: Sequence[str]


def draw(now: Mapping[Axis, int | None], before: Mapping[Axis, int | None] | None = None) -> Radar:
    """The drawing of scores from 0 to 100; ``before`` is None while there is only one moment."""
    spokes = [_spoke(at, axis, now.get(axis), before.get(axis) if before is not None else None, before is not None)
              for at, axis in enumerate(Axis)]  # fmt: skip
    area_before, lines_before = _shape([one.before for one in spokes])
    area_now, lines_now = _shape([one.now for one in spokes])
    rings = [_points([_at(each, level) for each in range(len(Axis))]) for level in (25, 75, 100)]
    half = _points([_at(each, 50) for each in range(len(Axis))])
    return Radar(spokes, rings, half, area_before, area_now, lines_before, lines_now)


def _spoke(at: int, axis: Axis, now: int | None, before: int | None, has_both: bool) -> Spoke:
    x, y = _at(at, 100, radius=_WORDS_AT)
    lift = {0: -18.6, 3: 14.6}.get(at, -4.3)
    anchor = "middle" if at in (0, 3) else "start" if at in (1, 2) else "end"
    way = f"{before} → " if has_both and before is not None else ""
    value = f"{way}{now}" if now is not None else "–"
    return Spoke(
        name=SHORT[axis],
        value=value,
        end=_at(at, 100),
        words=(x, round(y + lift, 1)),
        anchor=anchor,
        before=_at(at, before) if before is not None and now is not None else None,
        now=_at(at, now) if now is not None else None,
    )


def _at(at: int, score: int, *, radius: float = RADIUS) -> Point:
    """The point of a score on an axis, the first of which stands upright, the others clockwise."""
    angle = pi / 2 - at * 2 * pi / len(Axis)
    reach = radius * score / 100
    return round(CENTRE[0] + reach * cos(angle), 1), round(CENTRE[1] - reach * sin(angle), 1)


def _shape(points: Sequence[Point | None]) -> tuple[str, list[str]]:
    found = [one for one in points if one is not None]
    if len(found) == len(points):
        return _points(found), []
    sides = zip(points, [*points[1:], points[0]], strict=True)
    return "", [_points([one, other]) for one, other in sides if one is not None and other is not None]


def _points(points: Sequence[Point]) -> str:
    return " ".join(f"{x},{y}" for x, y in points)
