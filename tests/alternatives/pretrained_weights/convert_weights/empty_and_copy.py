"""Fills new tensors; collects what is wrong in sets."""


def convert_weights(state):
    pairs, unknown = [], []
    for name, tensor in state.items():
        try:
            pairs.append((canonical_name(name), name, tensor))
        except ValueError:
            unknown.append(name)
    pairs = [pair for pair in pairs if pair[0] is not None]
    shorts = [short for short, _, _ in pairs]
    blocks = [int(short.split(".")[1]) for short in shorts if short.startswith("h.")]
    wanted = set(OUTSIDE_BLOCKS)
    for block in range(max(blocks) + 1 if blocks else 0):
        wanted.update(f"h.{block}.{one}" for one in IN_EACH_BLOCK)
    missing = sorted(wanted - set(shorts))
    double = [name for short, name, _ in pairs if shorts.count(short) > 1]
    problems = [*unknown, *missing, *double]
    if problems:
        raise ValueError("; ".join(problems))
    found = {}
    with torch.no_grad():
        for short, _, tensor in pairs:
            if stored_transposed(short):
                tensor = tensor.squeeze(0) if tensor.ndim == 3 else tensor
                tensor = tensor.permute(1, 0)
            found[short] = torch.empty(tensor.shape, dtype=torch.float32)
            found[short].copy_(tensor)
    return found
