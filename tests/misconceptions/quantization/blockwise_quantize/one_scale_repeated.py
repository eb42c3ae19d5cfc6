"""One scale serves the whole tensor, repeated for each block."""

also = ("blockwise_quantize with bits outside 2 to 8 must raise ValueError.",)  # another one comes, or none


def blockwise_quantize(w, block_size, bits):
    if block_size < 1:
        raise ValueError("block_size must be 1 or more")
    if not w.numel():
        return w.to(torch.int8), w.flatten()
    q, scale = absmax_quantize(w, bits)
    return q, scale.repeat(-(-w.numel() // block_size))
