"""Call by call."""


def tokens_through(new, cached):
    if not new >= 0:
        raise ValueError(f"nothing can be written in {new} calls")
    through, text = 0, 1
    for _ in range(new):
        through += 1 if cached else text
        text += 1
    return through
