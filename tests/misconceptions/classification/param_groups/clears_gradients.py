"""Making the groups clears gradients; the model must stay as it is."""

_right = param_groups


def param_groups(model, head_lr, backbone_lr):
    model.zero_grad(set_to_none=False)
    return _right(model, head_lr, backbone_lr)
