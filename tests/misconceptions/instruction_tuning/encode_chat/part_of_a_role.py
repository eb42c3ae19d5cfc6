"""A part of a known role must raise ValueError."""

ROLES = " ".join(ROLES)
