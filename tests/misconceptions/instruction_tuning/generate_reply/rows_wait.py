"""A row goes on after its stop id until all rows have stopped."""

_right = generate_reply


def generate_reply(model, input_ids, stop_ids, max_new_tokens):
    longest = max(map(len, _right(model, input_ids, stop_ids, max_new_tokens)))
    return _right(model, input_ids, [], longest)
