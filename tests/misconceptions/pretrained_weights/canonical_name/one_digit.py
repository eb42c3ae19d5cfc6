"""A block whose number has more than one digit is refused."""

_right = canonical_name


def canonical_name(name):
    if re.search(r"\d\d", name):
        raise ValueError(f"{name} is unknown")
    return _right(name)
