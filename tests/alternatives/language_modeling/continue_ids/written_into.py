"""A tensor of the final length, filled column by column."""


def continue_ids(next_logits, ids, new, block_size=None, temperature=1.0, generator=None):
    if block_size is not None and block_size <= 0:
        raise ValueError("the model must be shown something")
    rows, length = ids.shape
    text = torch.zeros(rows, length + new, dtype=ids.dtype)
    text[:, :length] = ids
    with torch.no_grad():
        for end in range(length, length + new):
            start = 0 if block_size is None else max(0, end - block_size)
            text[:, end] = sample_ids(temper(next_logits(text[:, start:end]), temperature), generator)
    return text
