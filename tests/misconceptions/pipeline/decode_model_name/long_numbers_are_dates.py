"""Only a number of exactly four digits is a date; others are versions."""

_right = decode_model_name


def decode_model_name(name):
    card = _right(name)
    first_word = re.split("[ ,-]", name.rpartition("/")[2].lower().removeprefix("meta-"))[0]
    glued = bool(re.search(r"\d$", first_word))
    return card if glued or not re.search(r"\d{4}", card["version"] or "") else {**card, "version": None}
