"""The message leaves out names of tensors that don't fit."""

_right = load_into


def load_into(model, state, tensors_of):
    try:
        _right(model, state, tensors_of)
    except ValueError as error:
        raise ValueError(str(error).split(",")[0]) from None
