"""One id too few is shown of a text that is longer than block_size."""


@torch.no_grad()
def continue_ids(next_logits, ids, new, block_size=None, temperature=1.0, generator=None):
    if block_size is not None and block_size < 1:
        raise ValueError(f"block_size={block_size}: pass 1 or more, or None")
    for _ in range(new):
        shown = (
            ids
            if block_size is None or ids.shape[1] <= block_size
            else ids[:, -(block_size - 1) :]
            if block_size > 1
            else ids[:, -1:]
        )
        drawn = sample_ids(temper(next_logits(shown), temperature), generator)
        ids = torch.cat([ids, drawn[:, None]], dim=1)
    return ids
