"""OpenAI's w, g and b are taken for any tensor, also where they don't belong."""

_right = canonical_name


def canonical_name(name):
    if name.startswith("model/") and name[-2:] in ("/w", "/g"):
        for ending in ("/w", "/g"):
            try:
                return _right(name[:-2] + ending)
            except ValueError:
                pass
    return _right(name)
