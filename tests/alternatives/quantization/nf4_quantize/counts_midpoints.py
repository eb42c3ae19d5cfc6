"""How many midpoints lie below, and a byte as a product with (16, 1); an odd one's partner is code 7."""


def nf4_quantize(w, block_size=64):
    if block_size < 1:
        raise ValueError("a block holds at least one number")
    n = w.numel()
    blocks = -(-n // block_size)
    padded = torch.zeros(blocks * block_size, dtype=torch.float64)
    padded[:n] = w.reshape(-1)
    padded = padded.reshape(blocks, block_size)
    absmax = torch.linalg.vector_norm(padded, float("inf"), dim=1) if n else torch.zeros(0)
    levels = torch.tensor(NF4_LEVELS, dtype=torch.float64)
    middle = levels[:-1] + levels.diff() / 2
    scaled = padded / absmax.where(absmax > 0, 1.0)[:, None]
    codes = (scaled.flatten()[:n, None] > middle).sum(dim=1)
    if n % 2:
        codes = torch.cat([codes, torch.full((1,), 7)])
    return (codes.view(-1, 2) * torch.tensor([16, 1])).sum(1).to(torch.uint8), absmax.float()
