"""The label in column 0 is counted, although nothing comes before it."""


def sequence_log_prob(logits, labels):
    log_probs = logits.float().log_softmax(dim=-1).roll(1, dims=1)
    real = labels != -100
    picked = log_probs.gather(-1, labels.masked_fill(~real, 0)[..., None]).squeeze(-1)
    return picked.masked_fill(~real, 0.0).sum(dim=-1)
