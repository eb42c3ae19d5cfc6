"""A mixture of two spellings is let through."""

_right = canonical_name


def canonical_name(name):
    return _right(f"model/{name}" if re.match(r"h\d+/", name) else name)
