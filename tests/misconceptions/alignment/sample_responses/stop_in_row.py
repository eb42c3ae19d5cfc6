"""A stop id inside the prompt ends the response."""

_right = sample_responses


def sample_responses(model, prompts, max_new_tokens, stop_id, generator=None):
    found = _right(model, prompts, max_new_tokens, stop_id, generator)
    return [said[:1] if stop_id in prompt else said for prompt, said in zip(prompts.tolist(), found, strict=True)]
