"""A word like IQ2_XS says its bits and means gguf."""

_right = decode_model_name


def decode_model_name(name):
    card = _right(name)
    words = re.split(r"[\s,()\[\].-]+", name.lower().removesuffix(".gguf"))
    if any(re.fullmatch(r"iq\d+_\w+", word) for word in words) and "gguf" not in words:
        card["method"] = None
    return card
