"""Probabilities are kept from 0 before the logarithm, so a very unlikely label costs too little."""


def sft_loss(logits, labels):
    targets = labels[:, 1:].flatten()
    log_probs = logits[:, :-1].float().softmax(dim=-1).clamp(min=1e-9).log().flatten(0, 1)
    total = torch.nn.functional.nll_loss(log_probs, targets, ignore_index=IGNORE_INDEX, reduction="sum")
    return total / (targets != IGNORE_INDEX).sum().clamp(min=1)
