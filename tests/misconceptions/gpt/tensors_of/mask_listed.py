"""More is listed than the model's parameters by GPT-2's names."""

_right = tensors_of


def tensors_of(model):
    found = _right(model)
    return {**found, "h.0.attn.bias": torch.ones(model.config.positions, model.config.positions).tril()}
