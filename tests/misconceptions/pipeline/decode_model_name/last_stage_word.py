"""Of several words for a stage the last in the name counts, not the latest stage."""

_right = decode_model_name


def decode_model_name(name):
    card = _right(name)
    words = [word for word in re.split("[- ]", name.lower()) if word in {**_STAGE_WORDS, "base": ""}]
    return {**card, "stage": _STAGE_WORDS.get(words[-1], "pretraining") if words else card["stage"]}
