"""A block_size below 1 must raise ValueError."""


@torch.no_grad()
def continue_ids(next_logits, ids, new, block_size=None, temperature=1.0, generator=None):
    if block_size is not None and block_size < 0:
        raise ValueError("pass 1 or more")
    block_size = block_size or None
    for _ in range(new):
        shown = ids if block_size is None else ids[:, -block_size:]
        drawn = sample_ids(temper(next_logits(shown), temperature), generator)
        ids = torch.cat([ids, drawn[:, None]], dim=1)
    return ids
