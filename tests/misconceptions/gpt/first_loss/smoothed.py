"""The targets are smoothed; each place has one next token."""


def first_loss(model, ids):
    if ids.shape[1] < 2:
        raise ValueError(f"T={ids.shape[1]}: pass 2 or more")
    modes = {module: module.training for module in model.modules()}
    model.eval()
    with torch.no_grad():
        logits = model(ids)[:, :-1].float()
    for module, training in modes.items():
        module.training = training
    return F.cross_entropy(logits.flatten(0, 1), ids[:, 1:].flatten(), label_smoothing=0.1).item()
