"""A tensor of the whole length that is filled in; top-k by Hugging Face's rule."""


def generate(model, ids, new, temperature=1.0, top_k=None, generator=None):
    if min(new, temperature) < 0 or (top_k is not None and top_k < 1):
        raise ValueError(f"new={new}, temperature={temperature}, top_k={top_k}")
    start = ids.shape[1]
    text = ids.new_zeros(len(ids), start + new)
    text[:, :start] = ids
    modes = [(module, module.training) for module in model.modules()]
    model.eval()
    with torch.inference_mode():
        for end in range(start, start + new):
            scores = model(text[:, max(0, end - model.config.positions) : end])[:, -1].float()
            if temperature == 0:
                text[:, end] = scores.max(dim=-1).indices
                continue
            scores = scores / temperature
            if top_k:
                k = min(top_k, scores.size(-1))
                scores[scores < torch.topk(scores, k)[0][..., -1, None]] = -float("inf")
            text[:, end] = torch.multinomial(F.softmax(scores, -1), num_samples=1, generator=generator).squeeze(1)
    for module, mode in modes:
        module.training = mode
    return text
