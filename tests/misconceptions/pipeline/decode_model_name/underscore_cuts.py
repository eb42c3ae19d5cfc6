"""An underscore doesn't cut: what it joins is one word."""

_right = decode_model_name


def decode_model_name(name):
    return _right(name.replace("_", "-"))
