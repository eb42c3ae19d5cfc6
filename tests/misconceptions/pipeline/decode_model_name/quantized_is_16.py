"""GGUF is a kind of file; where the name says no width, it can be any."""

also = ("A name with bnb in it is of a quantized model: it has not the 16 bits of others.",)

_right = decode_model_name


def decode_model_name(name):
    card = _right(name)
    return {**card, "bits": card["bits"] or 16}
