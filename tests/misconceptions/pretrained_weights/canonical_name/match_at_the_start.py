"""What stands behind a known name is not looked at."""

also = (
    "OpenAI's w, g and b are taken for any tensor, also where they don't belong.",
    "A mixture of two spellings is let through.",
    "An unknown name is let through.",
    "Everything that ends like a mask is taken for one.",
    "Everything that ends like the head is taken for it.",
)

_right = canonical_name


def canonical_name(name):
    for end in range(len(name), 0, -1):
        try:
            return _right(name[:end])
        except ValueError:
            pass
    raise ValueError(f"{name!r} is unknown")
