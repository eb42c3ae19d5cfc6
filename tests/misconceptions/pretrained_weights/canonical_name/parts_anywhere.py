"""A part is known, but not in this place, and is let through."""

_right = canonical_name


def canonical_name(name):
    found = re.fullmatch(r"h\.\d+\.(attn|mlp)\.(c_attn|c_proj|c_fc)\.(weight|bias)", name)
    return name if found else _right(name)
