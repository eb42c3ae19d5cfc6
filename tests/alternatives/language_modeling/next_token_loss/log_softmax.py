"""log_softmax and gather, with a mask."""


def next_token_loss(logits, targets, ignore_index=-100):
    kept = targets.ne(ignore_index)
    log_probs = torch.log_softmax(logits.to(torch.float32), dim=-1)
    chosen = log_probs.gather(2, targets.masked_fill(~kept, 0).unsqueeze(2)).squeeze(2)
    return -(chosen * kept).sum() / kept.sum().clamp_min(1)
