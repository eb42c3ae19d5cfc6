"""Only the prompt is cut to block_size; it grows again with what is written."""


@torch.no_grad()
def continue_ids(next_logits, ids, new, block_size=None, temperature=1.0, generator=None):
    if block_size is not None and block_size < 1:
        raise ValueError(f"block_size={block_size}: pass 1 or more, or None")
    start = 0 if block_size is None else max(0, ids.shape[1] - block_size)
    for _ in range(new):
        shown = ids[:, start:]
        drawn = sample_ids(temper(next_logits(shown), temperature), generator)
        ids = torch.cat([ids, drawn[:, None]], dim=1)
    return ids
