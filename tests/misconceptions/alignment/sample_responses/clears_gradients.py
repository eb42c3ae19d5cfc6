"""Sampling clears the model's gradients."""

_right = sample_responses


def sample_responses(model, prompts, max_new_tokens, stop_id, generator=None):
    model.zero_grad()
    return _right(model, prompts, max_new_tokens, stop_id, generator)
