"""Gains are listed as biases and biases as gains."""

_right = tensors_of


def tensors_of(model):
    swap = {"weight": "bias", "bias": "weight"}
    return {
        (".".join(swap.get(part, part) for part in name.split(".")) if "ln_" in name else name): tensor
        for name, tensor in _right(model).items()
    }
