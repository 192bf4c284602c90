"""Files of any shape as one thing: a header, and Arrow tables of text with the line each row came from.

What a file is, is told by its content and never by its name. A file that cannot be read raises UnreadableFile;
a row that cannot be read is noted in `Source.problems` and the rest goes on.
"""

from rapport.imports.readers.opening import open_source
from rapport.imports.readers.source import ReadOptions, RowProblem, Source, UnreadableFile

__all__ = ["ReadOptions", "RowProblem", "Source", "UnreadableFile", "open_source"]
