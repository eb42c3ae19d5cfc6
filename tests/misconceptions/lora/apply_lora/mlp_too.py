"""attn.c_proj also matched mlp.c_proj; the whole dotted target must match."""

also = ("Only the last word of a target is compared.",)  # the same, said without a name

_right = apply_lora


def apply_lora(model, targets, r, alpha):
    return _right(model, [target.split(".")[-1] for target in targets], r, alpha)
