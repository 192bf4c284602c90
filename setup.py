"""Two steps of the build that pyproject.toml cannot say: compile the catalogues, insist on the front end."""

from pathlib import Path

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from setuptools import setup
from setuptools.command.build_py import build_py
from setuptools.errors import SetupError

PACKAGE = Path(__file__).resolve().parent / "src" / "rapport"


class BuildWithCatalogues(build_py):
    """A wheel holds the compiled catalogues and the built front end; an editable install needs neither."""

    def run(self) -> None:
        """Compile and check, then build as usual."""
        if not self.editable_mode:
            if not (PACKAGE / "static" / "dist" / "manifest.json").exists():
                raise SetupError("The front end is not built. Run: make setup")
            compile_catalogues()
        super().run()


def compile_catalogues() -> None:
    """Write a .mo beside every .po."""
    for source in PACKAGE.glob("locale/*/LC_MESSAGES/*.po"):
        with source.open("rb") as text, source.with_suffix(".mo").open("wb") as compiled:
            write_mo(compiled, read_po(text))


setup(cmdclass={"build_py": BuildWithCatalogues})
