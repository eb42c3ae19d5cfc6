"""An unknown name is let through."""

also = (
    "What stands behind a known name is not looked at.",
    "What stands in front of a known name is not looked at.",
    "OpenAI's w, g and b are taken for any tensor, also where they don't belong.",
    "A mixture of two spellings is let through.",
    "The prefix is taken off as often as it stands there, or in OpenAI's names.",
    "A part is known, but not in this place, and is let through.",
)

_right = canonical_name


def canonical_name(name):
    try:
        return _right(name)
    except ValueError:
        return name
