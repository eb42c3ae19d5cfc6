"""All that stands before the last "/" goes, not only what stands before the first."""

_right = decode_model_name


def decode_model_name(name):
    publisher, slash, rest = name.partition("/")
    card = _right(rest.replace("/", "\\") if slash else name)
    return {**card, "family": card["family"].replace("\\", "/")}
