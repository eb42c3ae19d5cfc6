"""What comes out has the logits' dtype; it is float32."""

_right = sequence_log_prob


def sequence_log_prob(logits, labels):
    return _right(logits, labels).to(logits.dtype)
