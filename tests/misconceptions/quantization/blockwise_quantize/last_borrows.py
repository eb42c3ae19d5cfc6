"""The last, shorter block borrows the scale of the one before."""


def blockwise_quantize(w, block_size, bits):
    if block_size < 1:
        raise ValueError("block_size must be 1 or more")
    full = w.numel() // block_size * block_size
    if full in (0, w.numel()):
        blocks = _in_blocks(w.flatten(), block_size)
        q, scales = absmax_quantize(blocks, bits, dim=1)
        return q.flatten()[: w.numel()].view(w.shape), scales.flatten()
    _, scales = absmax_quantize(w.flatten()[:full].view(-1, block_size), bits, dim=1)
    scales = torch.cat([scales.flatten(), scales.flatten()[-1:]])
    spread = scales.repeat_interleave(block_size)[: w.numel()]
    return (w.float().flatten() / spread).round().clamp(-128, 127).to(torch.int8).view(w.shape), scales
