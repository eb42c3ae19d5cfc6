"""The quantization at the end of the name is ignored."""

_right = decode_model_name


def decode_model_name(name):
    return {**_right(name), "bits": 16, "method": None}
