"""The scales come back in the dtype of w; they must be fp32."""


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
    safe = torch.where(scales > 0, scales, torch.ones_like(scales))
    q = (padded / safe[:, None]).round().clamp(-qmax, qmax).to(torch.int8)
    return q.flatten()[:n].view(w.shape), scales.to(w.dtype)
