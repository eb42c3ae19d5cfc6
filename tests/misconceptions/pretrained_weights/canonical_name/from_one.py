"""Blocks are counted from 1."""

_right = canonical_name


def canonical_name(name):
    found = _right(name)
    return re.sub(r"^h\.(\d+)", lambda one: f"h.{int(one[1]) + 1}", found) if found else found
