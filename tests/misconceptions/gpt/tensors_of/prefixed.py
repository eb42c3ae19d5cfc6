"""The names begin with `transformer.`; they are GPT-2's short ones."""

_right = tensors_of


def tensors_of(model):
    return {f"transformer.{name}": tensor for name, tensor in _right(model).items()}
