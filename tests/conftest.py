"""What every test stands on: the embedded PostgreSQL of this checkout, and ready-made users and records."""

import os
from pathlib import Path

os.environ.setdefault("RAPPORT_HOME", str(Path(__file__).resolve().parent.parent / ".cache" / "test-home"))
os.environ.setdefault("RAPPORT_LANGUAGE", "en")
