"""A label of -100 is looked up as if it were token 0; its entry must be 0."""


def token_log_probs(logits, input_ids):
    targets = input_ids[:, 1:]
    log_p = logits[:, :-1].float().log_softmax(dim=-1)
    found = log_p.gather(-1, targets.clamp(min=0)[..., None]).squeeze(-1)
    return found
