"""Eight experts of 7 billion are counted as one."""

_right = decode_model_name


def decode_model_name(name):
    return _right(re.sub(r"\b8x", "", name))
