"""decode_model_name must return a dict with the seven keys of ModelCard."""

_right = decode_model_name


def decode_model_name(name):
    return {key: value for key, value in _right(name).items() if value is not None}
