"""An unknown name gives None, as a mask does."""

also = (
    "Everything that ends like a mask is taken for one.",
    "Everything that ends like the head is taken for it.",
)

_right = canonical_name


def canonical_name(name):
    try:
        return _right(name)
    except ValueError:
        return None
