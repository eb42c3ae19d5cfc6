"""Saving switches the model to train or eval mode, in which training would go on."""

_right = adapter_state_dict


def adapter_state_dict(model):
    model.eval()
    return _right(model)
