"""A short line on a card of the board."""

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class CardLine:
    """A line on a card; `hue` and `icon` as badges have them. With `short`, a mark that `text` explains."""

    text: str
    icon: str
    hue: str = "plain"
    short: str = ""
