"""Whole blocks as rows, the rest by itself, in fp64, halves away from zero."""


def blockwise_quantize(w, block_size, bits):
    if block_size <= 0:
        raise ValueError(f"a block holds 1 number or more, not {block_size}")
    if bits < 2 or bits > 8:
        raise ValueError(f"pass bits from 2 to 8, not {bits}")
    qmax = 2 ** (bits - 1) - 1
    flat = w.double().flatten()
    whole = flat.numel() - flat.numel() % block_size
    codes, scales = [], []
    for rows in (flat[:whole].view(-1, block_size), flat[whole:].view(1, -1)):
        if not rows.numel():
            continue
        scale = rows.abs().amax(1, keepdim=True) / qmax
        steps = rows / scale.masked_fill(scale == 0, 1)
        codes.append((steps.abs() + 0.5).floor().copysign(steps).flatten())
        scales.append(scale.flatten())
    if not codes:
        return torch.empty(w.shape, dtype=torch.int8), torch.empty(0)
    return torch.cat(codes).to(torch.int8).reshape(w.shape), torch.cat(scales).float()
