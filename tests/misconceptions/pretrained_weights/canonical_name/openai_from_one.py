"""Blocks are counted from 1."""

_right = canonical_name


def canonical_name(name):
    found = _right(name)
    if name.startswith("model/h"):
        return re.sub(r"^h\.(\d+)", lambda one: f"h.{int(one[1]) + 1}", found)
    return found
