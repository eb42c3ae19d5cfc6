"""With max_new_tokens = 0 it still writes a token."""

_right = generate_reply


def generate_reply(model, input_ids, stop_ids, max_new_tokens):
    return _right(model, input_ids, stop_ids, max(max_new_tokens, 1))
