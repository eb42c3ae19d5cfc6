"""Only one of A and B is loaded."""

_right = load_adapter


def load_adapter(model, state):
    own = {name: tensor.detach().clone() for name, tensor in model.named_parameters() if tensor.requires_grad}
    _right(model, state)
    with torch.no_grad():
        for name, tensor in model.named_parameters():
            if name in own and name.endswith("A"):
                tensor.copy_(own[name])
