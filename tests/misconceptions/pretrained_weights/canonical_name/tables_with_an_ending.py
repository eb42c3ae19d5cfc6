"""OpenAI's w, g and b are taken for any tensor, also where they don't belong."""

_right = canonical_name


def canonical_name(name):
    return _right(name.removesuffix("/w")) if name in ("model/wte/w", "model/wpe/w") else _right(name)
