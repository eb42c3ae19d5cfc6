"""One token less than max_new_tokens is written."""

_right = generate_reply


def generate_reply(model, input_ids, stop_ids, max_new_tokens):
    return _right(model, input_ids, stop_ids, max(max_new_tokens - 1, 0))
