"""attn.c_proj and mlp.c_proj are mixed up."""

_right = canonical_name


def canonical_name(name):
    found = _right(name)
    return found.replace("mlp.c_proj", "attn.c_proj") if found else found
