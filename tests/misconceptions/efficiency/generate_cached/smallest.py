"""The smallest logit is taken for the largest."""

also = ("What is written isn't the largest logit: it is drawn, or another one is taken.",)


@torch.no_grad()
def generate_cached(forward, ids, new):
    if new < 0:
        raise ValueError(f"new={new}: pass 0 or more")
    text, unread, cache = ids, ids, None
    for step in range(new):
        start = 0 if step == 0 else text.shape[1] - 1
        positions = torch.arange(start, start + unread.shape[1])
        logits, cache = forward(unread, positions, cache)
        unread = logits[:, -1].argmin(dim=-1, keepdim=True)
        text = torch.cat([text, unread], dim=1)
    return text
