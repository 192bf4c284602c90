"""The web shop's people, and when each of them buys.

People come by the season and buy as in Pareto/NBD (Schmittlein, Morrison, Colombo 1987): each at a rate of
their own (gamma), for a lifetime of their own (exponential, its rate gamma), so that many buy once and few
very often.
"""

from dataclasses import dataclass
from datetime import datetime

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from rapport.demo import names, places, seasons
from rapport.demo.drawing import DAY, Draw, Floats, Ints, day_number, days, indexes, kept, numbered, picked

YEARS = 2
BUYERS = 0.94
RATE_SHAPE = 0.6
DEATH_SHAPE, DEATH_DAYS = 0.9, 260.0
HOURS = (6, 3, 2, 1, 1, 2, 5, 12, 26, 38, 42, 36, 32, 30, 34, 36, 34, 30, 28, 38, 52, 56, 40, 18)
SOURCES = {"Website": 34, "Shopee": 24, "TikTok Shop": 14, "Facebook": 12, "Zalo": 9, "Giới thiệu": 7}
SEGMENTS = {
    "thợ làm bánh": 22, "quán cà phê": 18, "quán ăn": 16, "bán hàng online": 17, "gia đình": 20,
    "quà tặng": 7,
}  # fmt: skip
SHOPPER_NUMBERS = 1_000_003
TITLES = ("Chủ tiệm bánh", "Chủ quán cà phê", "Chủ quán ăn", "Chủ cửa hàng online", "", "")


@dataclass(frozen=True)
class Window:
    """The two years up to now, day by day; today counts as far as it has gone."""

    first_day: int
    at: datetime
    upto: Floats
    occasions: Ints

    @property
    def count(self) -> int:
        """How many days."""
        return len(self.occasions)

    def day_of(self, bought: Floats) -> Ints:
        """The day (0 is the first) at which so much of all buying has been done."""
        found = np.interp(bought, self.upto, np.arange(self.count + 1))
        return found.astype(np.int64).clip(0, self.count - 1)

    def seconds(self, draw: Draw, day: Ints) -> Ints:
        """An instant on each day, by the hours at which people shop; those of today are over."""
        within = indexes(draw, count=len(day), weights=HOURS) * 3600 + draw.integers(0, 3600, len(day))
        gone = int(self.at.timestamp()) - ((self.first_day + self.count - 1) * DAY - 7 * 3600)
        today = (draw.random(len(day)) * gone).astype(np.int64)
        within = np.where(day == self.count - 1, today, within)
        return np.asarray((self.first_day + day) * DAY - 7 * 3600 + within, dtype=np.int64)


def window(at: datetime) -> Window:
    """The two years up to an instant."""
    first_day = day_number(at) - 365 * YEARS
    weights, occasions = seasons.calendar(first_day, count=365 * YEARS + 1)
    weights[-1] *= max((at.timestamp() + 7 * 3600) % DAY / DAY, 1e-3)
    return Window(first_day, at, np.concatenate([[0.0], np.cumsum(weights)]), occasions)


@dataclass(frozen=True)
class Purchases:
    """Who bought when, in the order of time; and when each person came."""

    person: Ints
    day: Ints
    at: Ints
    came_at: Ints


def purchases(draw: Draw, *, of: Window, people: int, count: int) -> Purchases:
    """Exactly `count` purchases of `people` people; some of these never buy."""
    # Somewhat more came in the early days than season and growth alone would bring.
    came = np.sort(draw.random(people) ** 1.5 * of.upto[-1])
    came_day = of.day_of(came)
    first_buyers = np.sort(draw.permutation(people)[: min(round(people * BUYERS), count)])
    again = _again(draw, of=of, came=came, came_day=came_day, buyers=first_buyers, count=count)
    person = np.concatenate([first_buyers, again[0]])
    day = np.concatenate([came_day[first_buyers], again[1]])
    at = of.seconds(draw, day)
    order = np.argsort(at, kind="stable")
    came_at = of.seconds(draw, came_day)
    np.minimum.at(came_at, person, at)
    return Purchases(person[order], day[order], at[order], came_at)


def _again(draw: Draw, *, of: Window, came: Floats, came_day: Ints, buyers: Ints, count: int) -> tuple[Ints, Ints]:
    """Purchases after the first. Given how many there are in all, independent Poisson counts share them out
    in proportion to rate times exposure, and each falls evenly into its buyer's exposure, season counted."""
    rate = draw.gamma(RATE_SHAPE, size=len(buyers))
    lifetime = draw.exponential(1 / draw.gamma(DEATH_SHAPE, 1 / DEATH_DAYS, size=len(buyers)).clip(1e-6))
    until = np.interp(came_day[buyers] + lifetime, np.arange(of.count + 1), of.upto)
    exposure = np.maximum(until - came[buyers], 1e-9)
    chosen = indexes(draw, count=count - len(buyers), weights=rate * exposure)
    bought = came[buyers][chosen] + draw.random(len(chosen)) * exposure[chosen]
    return buyers[chosen], of.day_of(bought)


def codes(numbers: Ints) -> pa.Array:
    """The customer numbers of shoppers by their place, from 0."""
    return numbered("KH", numbers + 1, digits=7)


def segments(draw: Draw, *, count: int) -> Ints:
    """What each shopper does, as a position in `SEGMENTS`."""
    return indexes(draw, count=count, weights=tuple(SEGMENTS.values()))


def people_table(draw: Draw, *, segment: Ints, at: datetime) -> pa.Table:
    """The shoppers as the import takes them."""
    count = len(segment)
    drawn = names.people(draw, count=count, women=0.63)
    number = np.arange(count)
    age = (18 + draw.gamma(5.0, 3.6, size=count)).clip(18, 75)
    born = day_number(at) - (age * 365.25).astype(np.int64) - draw.integers(0, 365, count)
    return pa.table({
        "external_id": codes(number),
        "full_name": drawn.full,
        "email": kept(names.emails(drawn.address), _share(draw, count, 0.82)),
        "phone": kept(names.phones(count=count, offset=SHOPPER_NUMBERS), _share(draw, count, 0.95)),
        "title": pa.array(TITLES).take(pa.array(segment)),
        "province": places.of_shoppers(draw, count=count),
        "country": pa.repeat(pa.scalar("VN"), count),
        "language": picked(draw, ("vi", "en"), count=count, weights=(97, 3)),
        "birthday": kept(days(born), _share(draw, count, 0.58)),
        "owner": pa.nulls(count, pa.string()),
        "tags": pa.array(tuple(SEGMENTS)).take(pa.array(segment)),
        "source": picked(draw, tuple(SOURCES), count=count, weights=tuple(SOURCES.values())),
    })  # fmt: skip


def _share(draw: Draw, count: int, share: float) -> npt.NDArray[np.bool_]:
    return draw.random(count) < share
