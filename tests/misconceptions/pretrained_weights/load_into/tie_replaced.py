"""What was tied is two tensors now."""

_right = load_into


def load_into(model, state, tensors_of):
    _right(model, state, tensors_of)
    for module in model.modules():
        for name, one in list(module._parameters.items()):
            if one is not None:
                new = nn.Parameter(one.detach().clone(), requires_grad=one.requires_grad)
                new.grad = one.grad
                module._parameters[name] = new
