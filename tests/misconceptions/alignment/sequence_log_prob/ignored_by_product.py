"""An entry of -100 is NaN where token 0 is ruled out; it is 0, whatever the logits."""


def sequence_log_prob(logits, labels):
    return (token_log_probs(logits, labels.clamp(min=0)) * (labels[:, 1:] != -100)).sum(dim=-1)
