"""Each place is asked for its own token: x is taken for the targets."""


def evaluate_loss(model, batches):
    modes = {module: module.training for module in model.modules()}
    model.eval()
    total, count = 0.0, 0
    with torch.no_grad():
        for x, y in batches:
            losses = F.cross_entropy(model(x).flatten(0, 1).float(), x.flatten(), reduction="none")
            total += losses.sum().item()
            count += y.numel()
    for module, training in modes.items():
        module.training = training
    if count == 0:
        raise ValueError("there is no batch")
    return total / count
