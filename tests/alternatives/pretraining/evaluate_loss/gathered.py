"""Log-probabilities that are picked, each module switched back by itself."""


@torch.no_grad()
def evaluate_loss(model, batches):
    was = [(module, module.training) for module in model.modules()]
    try:
        model.eval()
        sums, tokens = [], 0
        for x, y in batches:
            log_probs = torch.log_softmax(model(x).double(), dim=-1)
            sums.append(-log_probs.gather(-1, y.unsqueeze(-1)).sum())
            tokens += y.shape[0] * y.shape[1]
    finally:
        for module, mode in was:
            module.training = mode
    if not sums:
        raise ValueError("no batches to evaluate on")
    return (torch.stack(sums).sum() / tokens).item()
