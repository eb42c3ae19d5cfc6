"""Masks with Hugging Face's prefix are refused."""

_right = canonical_name


def canonical_name(name):
    if re.fullmatch(r"transformer\.h\.\d+\.attn\.(masked_)?bias", name):
        raise ValueError(f"{name} is unknown")
    return _right(name)
