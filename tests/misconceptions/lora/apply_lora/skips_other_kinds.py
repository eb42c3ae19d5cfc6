"""A target that is not a linear layer raises no error."""

_right = apply_lora


def apply_lora(model, targets, r, alpha):
    kinds = dict(model.named_modules())
    other = [t for t in targets if t in kinds and not hasattr(kinds[t], "in_features")]
    return _right(model, [target for target in targets if target not in other], r, alpha)
