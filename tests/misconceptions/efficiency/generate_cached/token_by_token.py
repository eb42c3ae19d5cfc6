"""The prompt isn't read in one call."""

also = ("The model is called though nothing is to be written.",)


@torch.no_grad()
def generate_cached(forward, ids, new):
    if new < 0:
        raise ValueError(f"new={new}: pass 0 or more")
    text, unread, cache = ids, ids, None
    for at in range(ids.shape[1] - 1):
        _, cache = forward(ids[:, at : at + 1], torch.tensor([at]), cache)
    unread = ids[:, -1:]
    for _ in range(new):
        start = text.shape[1] - 1
        positions = torch.arange(start, start + unread.shape[1])
        logits, cache = forward(unread, positions, cache)
        unread = logits[:, -1].argmax(dim=-1, keepdim=True)
        text = torch.cat([text, unread], dim=1)
    return text
