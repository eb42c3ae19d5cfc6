"""Token 0 is treated as padding; it is a token like any other."""

_right = sequence_log_prob


def sequence_log_prob(logits, labels):
    return _right(logits, labels.masked_fill(labels == 0, IGNORE_INDEX))
