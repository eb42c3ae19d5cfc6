"""The mean of each batch, weighed by its tokens; the losses of all in one list."""


def evaluate_loss(model, batches):
    modes = {name: module.training for name, module in model.named_modules()}
    model.train(False)
    means, weights = [], []
    with torch.inference_mode():
        for x, y in batches:
            logits = model(x).to(torch.float32)
            means.append(float(F.cross_entropy(logits.transpose(1, 2), y)))
            weights.append(y.numel())
    for name, module in model.named_modules():
        module.training = modes[name]
    if not weights:
        raise ValueError("evaluate_loss needs at least one batch")
    return sum(mean * weight for mean, weight in zip(means, weights, strict=True)) / sum(weights)
