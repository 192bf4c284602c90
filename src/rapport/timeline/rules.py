"""How a few words written in haste become an entry: pure functions."""

LONGEST_SUBJECT = 120


def split_text(text: str) -> tuple[str, str]:
    """The first line as subject and the rest as body; a long text without a short first line has no subject."""
    first, _, rest = text.strip().partition("\n")
    first = first.strip()
    if len(first) > LONGEST_SUBJECT:
        return "", text.strip()
    return first, rest.strip()
