"""Only the first row is answered."""

_right = generate_reply


def generate_reply(model, input_ids, stop_ids, max_new_tokens):
    return _right(model, input_ids[:1], stop_ids, max_new_tokens)
