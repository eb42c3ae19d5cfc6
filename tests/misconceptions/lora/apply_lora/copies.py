"""Weights of the model itself are still trainable."""

also = ("The model computes as it did without adapters.",)  # a copy has them

_right = apply_lora


def apply_lora(model, targets, r, alpha):
    import copy

    return _right(copy.deepcopy(model), targets, r, alpha)
