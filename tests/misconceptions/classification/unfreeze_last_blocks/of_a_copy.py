"""Nothing is unfrozen."""

also = ("Unfreezing every block unfreezes none.",)  # none of the model itself

_right = unfreeze_last_blocks


def unfreeze_last_blocks(model, n):
    import copy

    model = copy.deepcopy(model)
    _right(model, n)
    return model
