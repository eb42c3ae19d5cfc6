"""log_softmax and gather."""


def sft_loss(logits, labels):
    log_probs = torch.log_softmax(logits.float(), dim=-1)[:, :-1]
    targets = labels[:, 1:]
    supervised = (targets != -100).to(log_probs.dtype)
    chosen = log_probs.gather(2, targets.clamp_min(0).unsqueeze(2)).squeeze(2)
    return -(chosen * supervised).sum() / supervised.sum().clamp_min(1.0)
