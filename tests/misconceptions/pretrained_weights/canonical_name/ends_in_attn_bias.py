"""The bias of attn.c_attn is taken for a mask."""

also = ("Everything that ends like a mask is taken for one.",)

_right = canonical_name


def canonical_name(name):
    return None if name.endswith("attn.bias") or name.endswith("c_attn.bias") else _right(name)
