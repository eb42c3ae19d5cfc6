"""Nothing is shifted: position t guesses token t + 1, not token t."""


def token_log_probs(logits, input_ids):
    is_token = input_ids != -100
    log_p = logits.float().log_softmax(dim=-1)
    return log_p.gather(-1, input_ids.clamp(min=0)[..., None]).squeeze(-1) * is_token
