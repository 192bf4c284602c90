"""Giving a stored file back, and its picture."""

from django.http import FileResponse, Http404, HttpResponse

from rapport.core import previews, storage
from rapport.timeline.attachments import KeptFile

# Nothing of the file runs, whatever a browser takes it for.
SAFELY = {
    "X-Content-Type-Options": "nosniff",
    "Cache-Control": "private, no-store",
    "Content-Security-Policy": "sandbox; default-src 'none'",
    "Cross-Origin-Resource-Policy": "same-origin",
}


def download(row: KeptFile) -> FileResponse:
    """The file, always to be saved. Raises Http404 where it is not on the disk."""
    try:
        file = storage.path(row.stored).open("rb")
    except FileNotFoundError as error:
        raise Http404 from error
    return FileResponse(file, as_attachment=True, filename=row.name, content_type=row.content_type, headers=SAFELY)


def preview(row: KeptFile) -> HttpResponse:
    """The picture of a file. Raises Http404 where there is none."""
    found = previews.preview(stored=row.stored, content_type=row.content_type)
    if found is None:
        raise Http404
    return HttpResponse(found.read_bytes(), content_type="image/webp", headers=SAFELY)
