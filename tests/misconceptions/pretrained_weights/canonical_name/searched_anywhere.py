"""What stands in front of a known name is not looked at."""

also = (
    "The prefix is taken off as often as it stands there, or in OpenAI's names.",
    "A part is known, but not in this place, and is let through.",
    "Everything that ends like a mask is taken for one.",
    "Everything that ends like the head is taken for it.",
)

_right = canonical_name


def canonical_name(name):
    for start in range(len(name)):
        try:
            return _right(name[start:])
        except ValueError:
            pass
    raise ValueError(f"{name!r} is unknown")
