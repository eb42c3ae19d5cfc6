"""The mask attn.masked_bias is refused."""

_right = canonical_name


def canonical_name(name):
    if re.fullmatch(r"h\.\d+\.attn\.masked_bias", name):
        raise ValueError(f"{name} is unknown")
    return _right(name)
