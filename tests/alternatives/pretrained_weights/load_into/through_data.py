"""Writes through .data, row by row."""


def load_into(model, state, tensors_of):
    tensors = tensors_of(model)
    wanted, sources, wrong = {}, {}, []
    for name in tensors:
        parts = name.split(".")
        if parts[-2] in ("q", "k", "v"):
            source = ".".join([*parts[:-2], "c_attn", parts[-1]])
            sources[name] = source, "qkv".index(parts[-2])
        else:
            sources[name] = name, None
    for name, (source, third) in sources.items():
        if source not in state:
            wrong.append(source)
            continue
        one = state[source]
        if third is not None:
            size = len(tensors[name])
            if one.shape[:1] != (3 * size,):
                wrong.append(source)
                continue
            one = one[third * size : (third + 1) * size]
        if one.shape != tensors[name].shape:
            wrong.append(source)
        wanted[name] = one
    used = {source for source, _ in sources.values()}
    wrong += [name for name in state if name not in used]
    if wrong:
        raise ValueError(f"these don't fit: {sorted(set(wrong))}")
    for name, one in wanted.items():
        tensors[name].data[...] = one
