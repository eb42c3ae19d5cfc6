"""A mixture of two spellings is let through."""

also = ("OpenAI's w, g and b are taken for any tensor, also where they don't belong.",)

_right = canonical_name


def canonical_name(name):
    if name.startswith(("model/", "model.")):
        name = name.replace(".", "/").replace("h/", "h").replace("/weight", "/w")
    return _right(name)
