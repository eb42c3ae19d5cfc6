"""The v before a version is no part of it."""

_right = decode_model_name


def decode_model_name(name):
    card = _right(name)
    with_v = f"v{card['version']}"
    return {**card, "version": with_v} if with_v in re.split("[ ,-]|[.](?=[a-z])", name.lower()) else card
