"""Text by text, in Python."""


def first_loss(model, ids):
    if ids.shape[1] <= 1:
        raise ValueError(f"a text of {ids.shape[1]} has no next token")
    modes = [module.training for module in model.modules()]
    enabled = torch.is_grad_enabled()
    torch.set_grad_enabled(False)
    model.eval()
    losses = []
    for row in ids:
        logits = model(row[None])[0].float()
        for t in range(len(row) - 1):
            losses.append((logits[t].logsumexp(0) - logits[t, row[t + 1]]).item())
    for module, mode in zip(model.modules(), modes, strict=True):
        module.training = mode
    torch.set_grad_enabled(enabled)
    return sum(losses) / len(losses)
