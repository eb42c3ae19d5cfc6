"""Gradients are switched on after the call, although they were off before."""

_right = sample_responses


def sample_responses(model, prompts, max_new_tokens, stop_id, generator=None):
    responses = _right(model, prompts, max_new_tokens, stop_id, generator)
    torch.set_grad_enabled(True)
    return responses
