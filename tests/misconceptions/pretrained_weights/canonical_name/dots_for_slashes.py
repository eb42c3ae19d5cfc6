"""OpenAI's endings w and b stay in the name."""

_right = canonical_name


def canonical_name(name):
    found = _right(name)
    if name.endswith(("/w", "/b")):
        return found.replace("weight", "w").replace("bias", "b")
    return found
