"""A dot before a digit doesn't cut."""

_right = decode_model_name


def decode_model_name(name):
    return _right(re.sub(r"(?<=[A-Za-z])\.(?=\d)", " ", name))
