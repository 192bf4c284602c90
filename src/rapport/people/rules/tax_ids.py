"""Tax ids of companies."""

from stdnum.exceptions import ValidationError
from stdnum.vn import mst


def normal(text: str, *, country: str = "VN") -> str | None:
    """A Vietnamese tax id with its check digit proved (`0312345678`, a branch `0312345678-001`).

    None if it is none. The 12-digit personal id that sole traders use since July 2025 is taken as it is, and so
    is any id of another country.
    """
    bare = text.strip().upper()
    if country not in ("", "VN"):
        return bare[:20] or None
    digits = bare.replace(" ", "").replace("-", "").replace(".", "")
    if len(digits) == 12 and digits.isdigit():
        return digits
    try:
        return str(mst.format(mst.validate(digits)))
    except ValidationError:
        return None
