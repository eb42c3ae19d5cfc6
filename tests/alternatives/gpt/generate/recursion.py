"""Recursion, a token at a time; the cumulative sum against a uniform number."""


def generate(model, ids, new, temperature=1.0, top_k=None, generator=None):
    if new < 0:
        raise ValueError(f"can't write {new} tokens")
    if temperature < 0:
        raise ValueError(f"temperature {temperature}")
    if top_k is not None and top_k <= 0:
        raise ValueError(f"top_k {top_k}")
    if new == 0:
        return ids
    modes = [(module, module.training) for module in model.modules()]
    with torch.no_grad():
        logits = model.eval()(ids[:, -model.config.positions :])[:, -1].double()
    for module, mode in modes:
        module.training = mode
    ranked = logits.sort(dim=1, descending=True).values
    if top_k is not None:
        logits = logits.masked_fill(logits < ranked[:, [min(top_k, ranked.shape[1]) - 1]], -torch.inf)
    if temperature:
        sums = (logits / temperature).softmax(dim=1).cumsum(dim=1)
        point = torch.rand(len(ids), 1, generator=generator, dtype=torch.float64) * sums[:, -1:]
        token = (sums <= point).sum(dim=1, keepdim=True)
    else:
        token = (logits == logits.amax(dim=1, keepdim=True)).int().argmax(dim=1, keepdim=True)
    return generate(model, torch.cat((ids, token), 1), new - 1, temperature, top_k, generator)
