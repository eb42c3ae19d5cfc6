"""Looks at all first, then copies into detached tensors."""


def load_into(model, state, tensors_of):
    tensors = {name: tensor.detach() for name, tensor in tensors_of(model).items()}
    given = {}
    for name, tensor in state.items():
        first = name.replace("c_attn", "q")
        if name not in tensors and first in tensors:
            parts = torch.tensor_split(tensor, 3) if tensor.ndim else [tensor]
            for letter, part in zip("qkv", parts, strict=False):
                given[name.replace("c_attn", letter)] = part
        else:
            given[name] = tensor
    missing = tensors.keys() - given.keys()
    more = given.keys() - tensors.keys()
    shapes = [one for one in tensors.keys() & given.keys() if tensors[one].size() != given[one].size()]
    if missing or more or shapes:
        raise ValueError(f"missing {missing}, too many {more}, other shapes {shapes}")
    for name in tensors:
        tensors[name].copy_(given[name])
