"""An entry is 0 where the token before it is -100, too: the first token of a response is lost."""

_right = token_log_probs


def token_log_probs(logits, input_ids):
    return _right(logits, input_ids).masked_fill(input_ids[:, :-1] == IGNORE_INDEX, 0.0)
