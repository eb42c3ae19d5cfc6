"""decode_model_name of a name without a word raises ValueError without a message; say why."""

_right = decode_model_name


def decode_model_name(name):
    try:
        return _right(name)
    except ValueError:
        raise ValueError from None
