"""The softmax runs along the places; it runs along the vocabulary."""

_right = first_loss


def first_loss(model, ids):
    _right(model, ids)
    modes = {module: module.training for module in model.modules()}
    model.eval()
    with torch.no_grad():
        log_probs = model(ids)[:, :-1].float().log_softmax(dim=1)
    for module, training in modes.items():
        module.training = training
    return -log_probs.gather(-1, ids[:, 1:, None]).mean().item()
