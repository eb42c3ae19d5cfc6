"""Fills the last block up and multiplies rows."""


def blockwise_dequantize(q, scales, block_size):
    n = q.numel()
    if -(-n // block_size) != scales.numel():
        raise ValueError("pass the block_size that q was quantized with")
    rows = torch.zeros(scales.numel() * block_size)
    rows[:n] = q.flatten()
    return (rows.view(-1, block_size) * scales.view(-1, 1)).flatten()[:n].view(q.shape)
