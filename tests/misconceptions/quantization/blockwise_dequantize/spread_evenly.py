"""The scales are spread evenly over the codes; block_size says how many codes each serves."""


def blockwise_dequantize(q, scales, block_size):
    n = q.numel()
    if scales.numel() != -(-n // block_size):
        raise ValueError("another block size")
    return (q.flatten().float() * scales[torch.arange(n) * scales.numel() // max(n, 1)]).reshape(q.shape)
