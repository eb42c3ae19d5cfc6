"""A legal state is refused."""

also = ("The message leaves out names of tensors that don't fit.",)

_right = load_into


def load_into(model, state, tensors_of):
    missing = [name for name in tensors_of(model) if name not in state]
    if missing:
        raise ValueError(f"missing: {missing}")
    _right(model, state, tensors_of)
