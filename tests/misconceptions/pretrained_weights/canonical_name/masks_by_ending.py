"""Everything that ends like a mask is taken for one."""

_right = canonical_name


def canonical_name(name):
    try:
        return _right(name)
    except ValueError:
        if name.endswith(("attn.bias", "masked_bias", "mlp.bias", "attn/bias")):
            return None
        raise
