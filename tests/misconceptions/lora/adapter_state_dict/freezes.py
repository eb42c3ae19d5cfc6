"""Saving changes what is trainable in the model."""

_right = adapter_state_dict


def adapter_state_dict(model):
    state = _right(model)
    model.requires_grad_(False)
    return state
