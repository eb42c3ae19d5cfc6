"""Names with Hugging Face's prefix are refused."""

_right = canonical_name


def canonical_name(name):
    if name.startswith("transformer.") and _right(name):
        raise ValueError(f"{name} is unknown")
    return _right(name)
