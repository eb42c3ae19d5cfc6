"""The prompt is returned with the reply."""

_right = generate_reply


def generate_reply(model, input_ids, stop_ids, max_new_tokens):
    replies = _right(model, input_ids, stop_ids, max_new_tokens)
    return [prompt + reply for prompt, reply in zip(input_ids.tolist(), replies, strict=False)]
