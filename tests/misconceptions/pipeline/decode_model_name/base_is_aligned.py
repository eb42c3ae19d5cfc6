"""A name without a word for its stage is that of a base model."""

_right = decode_model_name


def decode_model_name(name):
    card = _right(name)
    return {**card, "stage": "alignment" if card["stage"] == "pretraining" else card["stage"]}
