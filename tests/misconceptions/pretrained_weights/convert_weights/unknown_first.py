"""The message doesn't have every missing name, as GPT-2's short one."""

also = ("The message doesn't have both names that mean the same tensor.",)

_right = convert_weights


def convert_weights(state):
    names, unknown, double = {}, [], []
    for name in state:
        try:
            short = canonical_name(name)
        except ValueError:
            unknown.append(name)
            continue
        if short is not None:
            double += [names[short], name] if short in names else []
            names[short] = name
    layers = 1 + max((int(short.split(".")[1]) for short in names if short.startswith("h.")), default=-1)
    needed = [*OUTSIDE_BLOCKS, *(f"h.{n}.{one}" for n in range(layers) for one in IN_EACH_BLOCK)]
    missing = [short for short in needed if short not in names]
    if unknown:
        raise ValueError(f"unknown: {unknown}")
    if double:
        raise ValueError(f"double: {double}")
    if missing:
        raise ValueError(f"missing: {missing}")
    return _right(state)
