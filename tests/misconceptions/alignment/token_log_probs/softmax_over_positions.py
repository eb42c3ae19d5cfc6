"""The softmax runs over the positions instead of the vocabulary."""


def token_log_probs(logits, input_ids):
    targets = input_ids[:, 1:]
    is_token = targets != -100
    log_p = logits[:, :-1].float().log_softmax(dim=1)
    found = log_p.gather(-1, targets.clamp(min=0)[..., None]).squeeze(-1).masked_fill(~is_token, 0.0)
    return found
