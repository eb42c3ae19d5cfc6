"""Room for the whole text, written into."""


def generate_cached(forward, ids, new):
    if new < 0:
        raise ValueError(f"can't write {new} tokens")
    rows, length = ids.shape
    text = torch.cat([ids, ids.new_zeros(rows, new)], dim=1)
    read, cache = 0, None
    with torch.inference_mode():
        for end in range(length, length + new):
            logits, cache = forward(text[:, read:end], torch.arange(end)[read:], cache)
            text[:, end] = torch.argmax(logits[:, -1, :], -1)
            read = end
    return text
