"""blockwise_quantize with bits outside 2 to 8 must raise ValueError."""


def blockwise_quantize(w, block_size, bits):
    if block_size < 1:
        raise ValueError(f"block_size is {block_size}: pass 1 or more")
    flat = w.float().flatten()
    q = torch.empty(flat.shape, dtype=torch.int8)
    scales = []
    for start in range(0, flat.numel(), block_size):
        codes, scale = absmax_quantize(flat[start : start + block_size], bits)
        q[start : start + block_size] = codes
        scales.append(scale)
    return q.view(w.shape), torch.stack(scales) if scales else torch.zeros(0)
