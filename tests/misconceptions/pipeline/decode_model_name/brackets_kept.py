"""Brackets cut a name into words too."""

_right = decode_model_name


def decode_model_name(name):
    return _right(re.sub(r"[()\[\]]", "_", name))
