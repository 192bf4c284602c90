"""E-mail addresses."""

import re

from email_validator import EmailNotValidError, validate_email

# What nearly every address looks like; anything else goes to the library. `imports` uses the same pattern.
PLAIN = (
    r"[a-z0-9_]+([.+-][a-z0-9_]+)*@([a-z0-9]+(-[a-z0-9]+)*\.)+(com|net|org|vn|edu|gov|info|io|biz|uk|us|de|fr|jp|kr)"
)
_PLAIN = re.compile(PLAIN)


def normal(text: str) -> str | None:
    """The address in lower case and NFC, its domain checked for form only; None if it is none."""
    bare = text.strip().removeprefix("mailto:").lower()
    if len(bare) <= 64 and _PLAIN.fullmatch(bare):
        return bare
    try:
        return validate_email(bare, check_deliverability=False, test_environment=True).normalized.lower()
    except EmailNotValidError:
        return None
