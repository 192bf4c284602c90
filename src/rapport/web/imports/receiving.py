"""How files come in: straight to the disk, and no further than there is room."""

import shutil
from typing import Any

from django.conf import settings
from django.core.files.uploadhandler import StopUpload, TemporaryFileUploadHandler

ROOM_LEFT = 1 << 30


class BoundedUpload(TemporaryFileUploadHandler):
    """Writes an upload to disk piece by piece; leaves one out that is too large or finds no room, or is a stranger's.

    A file left out is noted as `request.upload_refused`: `large` or `room`.
    """

    announced = 0

    def handle_raw_input(self, *given: Any, **named: Any) -> None:
        """Note how much is to come."""
        self.announced = int(given[2] if len(given) > 2 else named.get("content_length") or 0)

    def new_file(self, *given: Any, **named: Any) -> None:
        """Begin a file, or read past it without keeping it."""
        if not _is_known(self.request):
            raise StopUpload(connection_reset=True)
        if reason := refusal(self.announced):
            self.request.upload_refused = reason  # type: ignore[union-attr]
            raise StopUpload(connection_reset=False)
        super().new_file(*given, **named)


def _is_known(request: Any) -> bool:
    """Whether a user or a program is behind the request; looking for the token of a page reads strangers' forms too."""
    user = getattr(request, "user", None)
    return bool(getattr(request, "caller", None) or (user is not None and user.is_authenticated))


def refusal(size: int) -> str:
    """Why a file of this size is not taken, or nothing."""
    if size > settings.LARGEST_UPLOAD:
        return "large"
    free = shutil.disk_usage(settings.FILE_UPLOAD_TEMP_DIR).free
    return "room" if free < size + ROOM_LEFT else ""
