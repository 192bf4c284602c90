"""Tokens by which programs act: one's own, made and revoked; all of them for the administrator."""
