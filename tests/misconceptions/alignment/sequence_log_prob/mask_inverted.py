"""The mask is inverted: it adds up what is not supervised."""


def sequence_log_prob(logits, labels):
    everything = token_log_probs(logits, labels.clamp(min=0))
    return (everything * (labels[:, 1:] == -100)).sum(dim=1)
