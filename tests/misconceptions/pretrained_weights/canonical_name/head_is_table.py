"""The tied head becomes the table of tokens, so that two names mean one tensor."""

_right = canonical_name


def canonical_name(name):
    return "wte.weight" if name == "lm_head.weight" else _right(name)
