"""A state that doesn't fit raises another error than ValueError."""

_right = load_into


def load_into(model, state, tensors_of):
    try:
        _right(model, state, tensors_of)
    except ValueError as error:
        raise RuntimeError(str(error)) from None
