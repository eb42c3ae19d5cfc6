"""The last, shorter block is not quantized with a scale of its own."""


def blockwise_quantize(w, block_size, bits):
    if block_size < 1:
        raise ValueError("block_size must be 1 or more")
    full = max(w.numel() // block_size, 1) * block_size
    if w.numel() <= full:
        blocks = _in_blocks(w.flatten(), block_size)
        q, scales = absmax_quantize(blocks, bits, dim=1)
        return q.flatten()[: w.numel()].view(w.shape), scales.flatten()
    _, scales = absmax_quantize(w.flatten()[:full].view(-1, block_size), bits, dim=1)
    spread = torch.cat([scales.flatten().repeat_interleave(block_size), scales[-1].expand(w.numel() - full)])
    return (w.float().flatten() / spread).round().clamp(-128, 127).to(torch.int8).view(w.shape), scales.flatten()
