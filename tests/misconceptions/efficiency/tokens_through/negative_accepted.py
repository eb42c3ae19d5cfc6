"""`new` below 0 must raise ValueError."""


def tokens_through(new, cached):
    return sum(1 if cached else length for length in range(1, new + 1))
