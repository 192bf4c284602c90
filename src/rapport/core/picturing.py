"""Draws a small picture of a file, in a process of its own that may use little time and memory.

    python -m rapport.core.picturing application/pdf SOURCE TARGET

What comes from outside is decoded here and nowhere else: a file made to harm ends this process and nothing more.
"""

import sys
from pathlib import Path

import pypdfium2  # type: ignore[import-untyped]
from PIL import Image, ImageOps

from rapport.core.modesty import live_modestly

SIDE = 1000
MOST_PIXELS = 60_000_000
SECONDS = 10
BYTES = 1_500_000_000
FORMATS = {"image/png": "PNG", "image/jpeg": "JPEG", "image/webp": "WEBP", "image/gif": "GIF"}


def draw(kind: str, source: str, target: str) -> None:
    """Write a WebP of at most SIDE pixels each way: the picture drawn anew, or the first page of a PDF.

    Raises whatever the decoders do, ValueError for a picture of too many pixels.
    """
    picture = _first_page(source) if kind == "application/pdf" else _picture(kind, source)
    picture.thumbnail((SIDE, SIDE))
    with Path(target).open("wb") as file:
        picture.save(file, "WEBP", quality=80)


def _picture(kind: str, source: str) -> Image.Image:
    """The picture as it stands upright, without what else the file holds."""
    with Image.open(source, formats=[FORMATS[kind]]) as found:
        if found.width * found.height > MOST_PIXELS:
            raise ValueError("too many pixels")
        found.draft("RGB", (SIDE, SIDE))
        upright = ImageOps.exif_transpose(found)
        with_alpha = "A" in upright.getbands() or "transparency" in upright.info
        return upright.convert("RGBA" if with_alpha else "RGB")


def _first_page(source: str) -> Image.Image:
    document = pypdfium2.PdfDocument(source)
    page = document[0]
    width, height = page.get_size()
    picture: Image.Image = page.render(scale=SIDE / max(width, height, 1), may_draw_forms=False).to_pil()
    return picture.convert("RGB")


if __name__ == "__main__":
    live_modestly(seconds=SECONDS, memory=BYTES, file_bytes=20_000_000)
    Image.MAX_IMAGE_PIXELS = MOST_PIXELS
    draw(*sys.argv[1:4])
