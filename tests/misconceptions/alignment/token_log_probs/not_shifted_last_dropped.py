"""Nothing is shifted: the last column is dropped, but position t is still asked about token t."""


def token_log_probs(logits, input_ids):
    targets = input_ids[:, :-1]
    log_p = logits[:, :-1].float().log_softmax(dim=-1)
    return log_p.gather(-1, targets.clamp(min=0)[..., None]).squeeze(-1) * (targets != -100)
