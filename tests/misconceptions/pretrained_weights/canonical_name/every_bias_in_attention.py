"""The bias of attn.c_attn is taken for a mask."""

_right = canonical_name


def canonical_name(name):
    found = _right(name)
    return None if found and "attn" in found and found.endswith("c_attn.bias") else found
