"""A stop id in the prompt ends the reply before it begins."""

_right = generate_reply


def generate_reply(model, input_ids, stop_ids, max_new_tokens):
    ended = [any(token in stop_ids for token in row) for row in input_ids.tolist()]
    return _right(model, input_ids, stop_ids, 0 if all(ended) else max_new_tokens)
