"""Queries, keys and values get one another's rows."""

_right = load_into


def load_into(model, state, tensors_of):
    tensors = tensors_of(model)
    given = dict(state)
    for name in state:
        if ".c_attn." in name and name not in tensors and len(state[name]) % 3 == 0:
            q, k, v = state[name].chunk(3)
            given[name] = torch.cat([k, q, v])
    return _right(model, given, tensors_of)
