"""The last, shorter block is filled up with ones, which go into its scale."""


def blockwise_quantize(w, block_size, bits):
    if block_size < 1:
        raise ValueError("block_size must be 1 or more")
    blocks = nn.functional.pad(w.flatten(), (0, -w.numel() % block_size), value=1.0).view(-1, block_size)
    q, scales = absmax_quantize(blocks, bits, dim=1)
    return q.flatten()[: w.numel()].view(w.shape), scales.flatten()
