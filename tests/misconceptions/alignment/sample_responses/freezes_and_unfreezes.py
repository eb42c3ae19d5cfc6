"""What is trainable in the model has changed."""

_right = sample_responses


def sample_responses(model, prompts, max_new_tokens, stop_id, generator=None):
    model.requires_grad_(False)
    responses = _right(model, prompts, max_new_tokens, stop_id, generator)
    model.requires_grad_(True)
    return responses
