"""The last, shorter block's scale is that of the last block_size numbers, more than it holds."""


def blockwise_quantize(w, block_size, bits):
    if block_size < 1:
        raise ValueError(f"block_size is {block_size}: pass 1 or more")
    if bits < 2 or bits > 8:
        raise ValueError(f"bits is {bits}: pass 2 to 8")
    qmax = 2 ** (bits - 1) - 1
    flat = w.float().flatten()
    n = flat.numel()
    blocks = -(-n // block_size)
    padded = torch.zeros(blocks * block_size)
    padded[:n] = flat
    padded = padded.view(blocks, block_size)
    scales = padded.abs().amax(dim=1) / qmax
    if n % block_size and n > block_size:
        scales[-1] = flat[-block_size:].abs().max() / qmax
    safe = torch.where(scales > 0, scales, torch.ones_like(scales))
    q = (padded / safe[:, None]).round().clamp(-qmax, qmax).to(torch.int8)
    return q.flatten()[:n].view(w.shape), scales
