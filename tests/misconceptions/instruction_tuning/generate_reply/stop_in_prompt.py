"""A stop id in the prompt ends the reply before it begins."""

_right = generate_reply


def generate_reply(model, input_ids, stop_ids, max_new_tokens):
    replies = _right(model, input_ids, stop_ids, max_new_tokens)
    return [
        [] if set(prompt) & set(stop_ids) and not set(reply) & set(stop_ids) else reply
        for prompt, reply in zip(input_ids.tolist(), replies, strict=False)
    ]
