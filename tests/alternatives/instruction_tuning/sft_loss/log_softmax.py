"""log_softmax and gather."""


def sft_loss(logits, labels):
    log_probs = torch.log_softmax(logits.float(), dim=-1)[:, :-1]
    targets = labels[:, 1:]
    supervised = targets != -100
    chosen = log_probs.gather(2, targets.clamp_min(0).unsqueeze(2)).squeeze(2)
    return -chosen.masked_fill(~supervised, 0.0).sum() / supervised.sum().clamp_min(1)
