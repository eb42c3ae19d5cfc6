"""The names are not GPT-2's."""

_right = tensors_of


def tensors_of(model):
    return dict(model.named_parameters())
