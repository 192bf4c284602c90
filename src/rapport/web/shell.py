"""What the frame of every page needs: navigation, theme, who is signed in, and what this company sells."""

from typing import Any

from django.http import HttpRequest


def context(request: HttpRequest) -> dict[str, Any]:
    """Context of the frame."""
    return {}
