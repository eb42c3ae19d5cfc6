"""The publisher before the slash is no part of the name."""

_right = decode_model_name


def decode_model_name(name):
    card = _right(name)
    publisher, slash, _ = name.lower().rpartition("/")
    return {**card, "family": publisher + slash + card["family"]}
