"""The biases of q, k and v are not written."""

_right = load_into


def load_into(model, state, tensors_of):
    tensors = tensors_of(model)
    before = {
        name: one.detach().clone() for name, one in tensors.items() if name.endswith((".q.bias", ".k.bias", ".v.bias"))
    }
    _right(model, state, tensors_of)
    with torch.no_grad():
        for name, one in before.items():
            tensors[name].copy_(one)
