"""What people may ask about their data: what is held of them, an archive of it, its erasure, and a register of it all.

Everything goes through the holders and traces of `core.holders`; see docs/mechanisms/privacy.md and ADR 0056.
"""
