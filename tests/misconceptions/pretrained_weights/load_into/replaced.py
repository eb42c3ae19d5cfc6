"""Parameters are replaced by others; write into those that are there."""

_right = load_into


def load_into(model, state, tensors_of):
    _right(model, state, tensors_of)
    found = {}
    for module in model.modules():
        for name, one in list(module._parameters.items()):
            if one is not None:
                if id(one) not in found:
                    found[id(one)] = nn.Parameter(one.detach().clone(), requires_grad=one.requires_grad), one
                    found[id(one)][0].grad = one.grad
                module._parameters[name] = found[id(one)][0]
