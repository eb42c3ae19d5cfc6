"""One token, then the rest."""


def continue_ids(next_logits, ids, new, block_size=None, temperature=1.0, generator=None):
    if block_size is not None and block_size < 1:
        raise ValueError("block_size must be at least 1")
    if new == 0:
        return ids
    with torch.inference_mode(False), torch.no_grad():
        logits = next_logits(ids[:, -(block_size or ids.shape[1]) :])
        following = sample_ids(temper(logits, temperature), generator).unsqueeze(1)
    longer = torch.hstack([ids, following])
    return continue_ids(next_logits, longer, new - 1, block_size, temperature, generator)
