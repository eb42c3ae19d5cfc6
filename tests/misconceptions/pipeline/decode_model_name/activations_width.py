"""In a word like w4a16 the first number is the weights', the second the activations'."""

_right = decode_model_name


def decode_model_name(name):
    card = _right(name)
    width = re.search(r"w\d+a(\d+)", name)
    return {**card, "bits": int(width[1]) if width else card["bits"]}
