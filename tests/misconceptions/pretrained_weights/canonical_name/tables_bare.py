"""OpenAI's tables keep a name without an ending."""

_right = canonical_name


def canonical_name(name):
    found = _right(name)
    return found.removesuffix(".weight") if name in ("model/wte", "model/wpe") else found
