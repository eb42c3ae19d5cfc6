"""A label of -100 is looked up as an index from the end; its entry must be 0."""


def token_log_probs(logits, input_ids):
    targets = input_ids[:, 1:] % logits.shape[-1]
    log_p = logits[:, :-1].float().log_softmax(dim=-1)
    return log_p.gather(-1, targets[..., None]).squeeze(-1)
