"""A context manager for the modes, and a text that grows in place."""

import contextlib


@contextlib.contextmanager
def _still(*models):
    modules = [module for model in models for module in model.modules()]
    modes = [module.training for module in modules]
    try:
        for module in modules:
            module.training = False
        with torch.inference_mode():
            yield
    finally:
        for module, mode in zip(modules, modes, strict=False):
            module.training = mode


def _written(model, prompt, new):
    text = prompt.new_zeros(len(prompt), prompt.shape[1] + new)
    text[:, : prompt.shape[1]] = prompt
    for at in range(prompt.shape[1], text.shape[1]):
        text[:, at] = model(text[:, :at])[:, -1].max(dim=-1).indices
    return text[:, prompt.shape[1] :]


def verify(model, reference, ids, prompt, new=8):
    def count(one):
        return sum(parameter.numel() for parameter in set(one.parameters()))

    found = {"parameters": count(model) - count(reference)}
    if found["parameters"]:
        found["failed"] = "parameters"
        return found
    with _still(model, reference):
        verdict = compare_logits(model(ids), reference(ids))
        found["logits"] = verdict["max_difference"]
        if not verdict["agree"]:
            found["failed"] = "logits"
            return found
        pairs = torch.eq(_written(model, prompt, new), _written(reference, prompt, new))
    found["text"] = pairs.sum().item() / pairs.numel()
    found["failed"] = None if pairs.all() else "text"
    return found
