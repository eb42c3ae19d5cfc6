"""Minus torch's cross_entropy, which knows -100."""


def token_log_probs(logits, input_ids):
    guesses = logits[:, :-1].float().transpose(1, 2)  # (B, V, T-1)
    return -F.cross_entropy(guesses, input_ids[:, 1:], reduction="none", ignore_index=-100)
