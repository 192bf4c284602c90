"""What the web shop sells to whom: orders, their lines, returns, and what people write and ask."""

from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from rapport.demo import catalogue, seasons, shoppers
from rapport.demo.drawing import DAY, Draw, Floats, Ints, indexes, instants, numbered
from rapport.demo.shoppers import Purchases, Window

RETURNS = 0.012
CHANNELS = ("web", "Shopee", "TikTok Shop", "Zalo", "Facebook")
CHANNEL_WEIGHTS = (40, 27, 15, 10, 8)
# How often each segment buys in each category of the catalogue.
TASTES = (
    (40, 3, 3, 12, 1, 1, 1, 6, 10, 16, 4, 6),
    (6, 40, 28, 10, 2, 2, 2, 7, 5, 1, 1, 1),
    (1, 10, 10, 8, 32, 22, 14, 2, 3, 1, 1, 1),
    (5, 2, 2, 24, 2, 2, 2, 14, 28, 15, 5, 3),
    (18, 8, 6, 12, 10, 8, 8, 16, 5, 7, 6, 4),
    (8, 1, 1, 16, 1, 1, 1, 8, 14, 20, 22, 14),
)
# Tết and mid-autumn boxes: hardly ever in other months, many before the feast.
SEASONAL = {
    seasons.ORDINARY: {10: 0.12, 11: 0.10},
    seasons.BEFORE_TET: {10: 11.0, 11: 0.05},
    seasons.BEFORE_MID_AUTUMN: {10: 0.10, 11: 12.0},
}
PACKS = (2.2, 4.5, 5.5, 3.4, 1.3, 2.8)
FAVOURITE_AGAIN, GOES_WITH = 0.34, 0.42
MORE_LINES = 1.05


@dataclass(frozen=True)
class Lines:
    """The lines of all orders, column by column; `order` is the place of the order."""

    order: Ints
    product: Ints
    quantity: Ints
    price: Ints


def lines(draw: Draw, *, bought: Purchases, segment: Ints, of: Window) -> Lines:
    """What is in each order: favourites bought again, what goes with them, and the tastes of the segment."""
    count = len(bought.person)
    per_order = 1 + np.minimum(draw.poisson(MORE_LINES, count), 7)
    order = np.repeat(np.arange(count), per_order)
    first = np.concatenate([[0], np.cumsum(per_order)[:-1]])
    kind, occasion = segment[bought.person][order], of.occasions[bought.day][order]
    product = _by_taste(draw, kind, occasion)
    favourite = _by_taste(draw, segment, np.zeros_like(segment))
    again = draw.random(count) < FAVOURITE_AGAIN
    product[first[again]] = favourite[bought.person[again]]
    partner = np.asarray(catalogue.goes_with())
    follows = draw.random(len(order)) < GOES_WITH
    follows[first] = False
    product[follows] = partner[product[np.flatnonzero(follows) - 1]]
    _, once = np.unique(order * catalogue.SHOP_SIZE + product, return_index=True)
    once.sort()
    order, product, kind = order[once], product[once], kind[once]
    quantity = np.minimum(1 + draw.geometric(1 / np.asarray(PACKS)[kind]) - 1, 40)
    return Lines(order, product, quantity, _prices(product, bought.day[order], of.count))


def _by_taste(draw: Draw, segment: Ints, occasion: Ints) -> Ints:
    """A product for each (segment, occasion): a category by taste, in it some products more than others."""
    rows = []
    for tastes in TASTES:
        for factors in SEASONAL.values():
            weights = np.asarray([taste * factors.get(place, 1.0) for place, taste in enumerate(tastes)])
            rows.append(np.cumsum(weights) / weights.sum())
    flat = np.concatenate([row + place for place, row in enumerate(rows)])
    row = segment * len(SEASONAL) + occasion
    category = np.searchsorted(flat, row + draw.random(len(row)), side="right") - row * len(catalogue.SHOP)
    popularity = 1 / np.arange(2, catalogue.PER_CATEGORY + 2) ** 0.8
    order = np.random.default_rng(7).permutation(catalogue.PER_CATEGORY)
    within = order[indexes(draw, count=len(row), weights=popularity)]
    return np.asarray(category.clip(0, len(catalogue.SHOP) - 1) * catalogue.PER_CATEGORY + within)


def _prices(product: Ints, day: Ints, count: int) -> Ints:
    """The price on that day: prices rose by four percent a year."""
    today = np.asarray(catalogue.shop_prices(), dtype=np.float64)[product]
    then = today * 1.04 ** ((day - count) / 365)
    return (np.round(then / 500) * 500).astype(np.int64)


@dataclass(frozen=True)
class Sales:
    """Orders and lines as the import takes them."""

    orders: pa.Table
    order_lines: pa.Table


def sales(draw: Draw, *, bought: Purchases, content: Lines, returned: int, of: Window) -> Sales:
    """The purchases, and `returned` orders that take back the first line of one of them."""
    codes = numbered("DH", np.arange(1, len(bought.person) + 1), digits=7)
    totals = np.bincount(content.order, weights=content.quantity * content.price, minlength=len(codes))
    main = indexes(draw, count=int(bought.person.max(initial=0)) + 1, weights=CHANNEL_WEIGHTS)
    other = indexes(draw, count=len(codes), weights=CHANNEL_WEIGHTS)
    channel = np.where(draw.random(len(codes)) < 0.8, main[bought.person], other)
    orders = _orders(codes, bought.person, bought.at, channel, totals)
    order_lines = _lines(codes.take(pa.array(content.order)), content, bought.at[content.order])
    if not returned:
        return Sales(orders, order_lines)
    chosen = np.sort(draw.permutation(len(codes))[:returned])
    back_codes = numbered("TH", np.arange(1, returned + 1), digits=7)
    line = np.searchsorted(content.order, chosen)
    quantity = -np.ceil(content.quantity[line] * draw.random(returned)).astype(np.int64).clip(1)
    latest = np.minimum(bought.at[chosen] + 12 * DAY, int(of.at.timestamp()))
    at = bought.at[chosen] + ((latest - bought.at[chosen]) * (0.15 + 0.85 * draw.random(returned))).astype(np.int64)
    back = Lines(np.arange(returned), content.product[line], quantity, content.price[line])
    back_orders = _orders(back_codes, bought.person[chosen], at, channel[chosen], quantity * back.price)
    return Sales(pa.concat_tables([orders, back_orders]), pa.concat_tables([order_lines, _lines(back_codes, back, at)]))


def _orders(codes: pa.Array, person: Ints, at: Ints, channel: Ints, totals: Ints | Floats) -> pa.Table:
    return pa.table({
        "external_id": codes,
        "person": shoppers.codes(person),
        "placed_at": instants(at),
        "channel": pa.array(CHANNELS).take(pa.array(channel)),
        "total": pa.array(totals.astype(np.int64)),
        "currency": pa.repeat(pa.scalar("VND"), len(codes)),
    })  # fmt: skip


def _lines(codes: pa.Array, content: Lines, placed_at: Ints) -> pa.Table:
    products = pa.array([catalogue.code(place) for place in range(catalogue.SHOP_SIZE)])
    return pa.table({
        "order": codes,
        "product": products.take(pa.array(content.product)),
        "quantity": pa.array(content.quantity),
        "unit_price": pa.array(content.price),
        "placed_at": instants(placed_at),
    })  # fmt: skip


# What people write and ask: kind, channel, who began, subject, what happened, minutes, how often.
ASKED = (
    ("chat", "Zalo", "in", "Hỏi kích thước và mẫu", "Khách hỏi kích thước, đã gửi bảng mẫu.", 6, 16),
    ("chat", "Facebook", "in", "Hỏi giá khi mua số lượng lớn", "Đã gửi bảng giá theo số lượng.", 8, 12),
    ("chat", "web", "in", "Hỏi tình trạng đơn hàng", "Đơn đang trên đường giao, đã gửi mã vận đơn.", 4, 18),
    ("ticket", "web", "in", "Giao thiếu hàng", "Thiếu một gói, đã gửi bù.", 15, 6),
    ("ticket", "web", "in", "Hàng bị móp khi vận chuyển", "Khách gửi ảnh, đã đổi hàng mới.", 20, 7),
    ("ticket", "email", "in", "Yêu cầu xuất hóa đơn", "Đã xuất hóa đơn điện tử và gửi qua e-mail.", 7, 6),
    (
        "call",
        "điện thoại",
        "out",
        "Xác nhận địa chỉ giao hàng",
        "Đã xác nhận, giao trong giờ hành chính.",
        3,
        11,
    ),
    ("call", "điện thoại", "in", "Hỏi in tên quán lên ly", "Đã chuyển sang bộ phận đặt in.", 9, 6),
    ("email", "email", "out", "Cảm ơn và gợi ý sản phẩm đi kèm", "Gửi thư cảm ơn sau khi giao hàng.", 1, 10),
    (
        "livestream",
        "TikTok Shop",
        "in",
        "Đặt câu hỏi trong buổi livestream",
        "Hỏi chất liệu, đã trả lời.",
        2,
        8,
    ),
)


def interactions(draw: Draw, *, bought: Purchases, count: int, of: Window) -> pa.Table:
    """`count` messages, tickets and calls in the days around an order of the person's."""
    order = draw.integers(0, len(bought.person), count)
    which = indexes(draw, count=count, weights=[row[6] for row in ASKED])
    at = np.minimum(bought.at[order] + draw.integers(-2 * DAY, 6 * DAY, count), int(of.at.timestamp()) - 60)
    sequence = np.argsort(at, kind="stable")
    order, which, at = order[sequence], which[sequence], at[sequence]

    def column(place: int) -> pa.Array:
        return pa.array([row[place] for row in ASKED]).take(pa.array(which))

    return pa.table({
        "external_id": numbered("TT", np.arange(1, count + 1), digits=7),
        "kind": column(0),
        "at": instants(at),
        "person": shoppers.codes(bought.person[order]),
        "channel": column(1),
        "direction": column(2),
        "subject": column(3),
        "body": column(4),
        "minutes": pa.array(np.maximum(np.asarray([row[5] for row in ASKED])[which]
                                       + draw.integers(-2, 6, count), 1)),
    })  # fmt: skip
