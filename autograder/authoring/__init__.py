"""For who writes lessons: the audit of checks against solutions whose fate is known."""
