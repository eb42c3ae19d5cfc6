"""It returns T columns; nothing follows the last logits, so T - 1."""


def token_log_probs(logits, input_ids):
    targets = input_ids[:, 1:]
    is_token = targets != -100
    log_p = logits[:, :-1].float().log_softmax(dim=-1)
    found = log_p.gather(-1, targets.clamp(min=0)[..., None]).squeeze(-1).masked_fill(~is_token, 0.0)
    return F.pad(found, (0, 1))
