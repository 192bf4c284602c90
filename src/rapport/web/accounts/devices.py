"""A browser in words: what it says of itself is long and full of other browsers' names."""

from django.utils.translation import gettext as _

# The first that occurs counts: most browsers call themselves Chrome and Safari as well.
BROWSERS = (
    ("Edg/", "Edge"),
    ("EdgA/", "Edge"),
    ("EdgiOS/", "Edge"),
    ("OPR/", "Opera"),
    ("coc_coc_browser", "Cốc Cốc"),
    ("SamsungBrowser/", "Samsung Internet"),
    ("Vivaldi/", "Vivaldi"),
    ("FxiOS/", "Firefox"),
    ("Firefox/", "Firefox"),
    ("CriOS/", "Chrome"),
    ("Chrome/", "Chrome"),
    ("Safari/", "Safari"),
)
SYSTEMS = (
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("CrOS", "ChromeOS"),
    ("Windows", "Windows"),
    ("Mac OS X", "macOS"),
    ("Linux", "Linux"),
)
HAND_HELD = frozenset({"iPhone", "iPad", "Android"})


def in_words(agent: str) -> str:
    """`Chrome on Windows`; what is not known is said so."""
    browser, system = _first(BROWSERS, agent), _first(SYSTEMS, agent)
    if browser and system:
        return _("%(browser)s on %(system)s") % {"browser": browser, "system": system}
    return browser or system or _("Unknown device")


def is_hand_held(agent: str) -> bool:
    """Whether it is a phone or a tablet."""
    return _first(SYSTEMS, agent) in HAND_HELD


def _first(table: tuple[tuple[str, str], ...], agent: str) -> str:
    """The name beside the first mark that the agent holds, or nothing."""
    return next((name for mark, name in table if mark in agent), "")
