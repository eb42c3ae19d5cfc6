"""A legal state is refused."""

_right = load_into


def load_into(model, state, tensors_of):
    wrong = [name for name, one in tensors_of(model).items() if name in state and one.dtype != state[name].dtype]
    if wrong:
        raise ValueError(f"another dtype: {wrong}")
    _right(model, state, tensors_of)
