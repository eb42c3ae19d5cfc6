"""The maker in front of a family is taken for the family."""

_right = decode_model_name


def decode_model_name(name):
    card = _right(name)
    return {**card, "family": "meta" if "Meta-" in name else card["family"]}
