"""A width of two digits is one word with its bit, too."""

_right = decode_model_name


def decode_model_name(name):
    return _right(re.sub(r"(\d\d)[ -]bit\b", r"\1 -bit", name, flags=re.IGNORECASE))
