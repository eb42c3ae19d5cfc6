"""The two norms of a block change places."""

_right = canonical_name


def canonical_name(name):
    found = _right(name)
    if found and ".ln_" in found:
        return found.replace("ln_1", "*").replace("ln_2", "ln_1").replace("*", "ln_2")
    return found
