"""The mask attn.bias is taken for the bias of attn.c_attn."""

_right = canonical_name


def canonical_name(name):
    found = re.fullmatch(r"(?:transformer\.)?h\.(\d+)\.attn\.bias", name)
    return f"h.{found[1]}.attn.c_attn.bias" if found else _right(name)
