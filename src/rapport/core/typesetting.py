"""Papers as PDF: a template of `papers/` filled with data by Typst.

Templates hold the look and no words: whatever is read comes with the data, so that one template serves every
language. What people wrote reaches the template as values and is never read as markup.
"""

import json
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

import typst

PACKAGE = Path(__file__).resolve().parent.parent
PAPERS = PACKAGE / "papers"
# Inter as TrueType, put there by the build of the front end; without it Typst's own serif stands in.
FONTS = PACKAGE / "static" / "dist" / "fonts"


def typeset(template: str, data: dict[str, Any], *, at: datetime | None = None) -> bytes:
    """The PDF of the template of this name (`quote`), filled with `data`, which is as JSON has it.

    `at` is the date the file carries; the same data, template and date give the same bytes. Raises
    FileNotFoundError for a template that does not exist.
    """
    paper = PAPERS / f"{template}.typ"
    if not paper.is_file():
        raise FileNotFoundError(paper)
    compiled = typst.compile(
        input=str(paper),
        root=str(PAPERS),
        font_paths=_fonts(),
        sys_inputs={"data": json.dumps(data, ensure_ascii=False)},
        timestamp=int(at.timestamp()) if at else 0,
        format="pdf",
    )
    assert isinstance(compiled, bytes)
    return compiled


@cache
def _fonts() -> typst.Fonts:
    """The fonts, read once a process: those of this machine are left out, so that every machine sets alike."""
    paths = [str(FONTS)] if FONTS.is_dir() else []
    return typst.Fonts(include_system_fonts=False, include_embedded_fonts=True, font_paths=paths)
