"""It computes in bf16, which is too coarse for codes up to 127."""


def blockwise_quantize(w, block_size, bits):
    if block_size < 1:
        raise ValueError("pass a block_size of 1 or more")
    if not 2 <= bits <= 8:
        raise ValueError("pass 2 to 8 bits")
    qmax = 2 ** (bits - 1) - 1
    blocks = _in_blocks(w.flatten(), block_size)
    scales = blocks.abs().amax(dim=1, keepdim=True) / qmax
    scales = scales.where(scales != 0, torch.ones_like(scales))
    q = (blocks / scales).round().clamp(-qmax, qmax).to(torch.int8)
    return q.flatten()[: w.numel()].view(w.shape), scales.flatten().float()
