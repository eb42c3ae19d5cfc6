"""Saving clears the model's gradients."""

_right = adapter_state_dict


def adapter_state_dict(model):
    model.zero_grad()
    return _right(model)
