"""Masks with Hugging Face's prefix keep their name."""

_right = canonical_name


def canonical_name(name):
    found = re.fullmatch(r"transformer\.(h\.\d+\.attn\.(masked_)?bias)", name)
    return found[1] if found else _right(name)
