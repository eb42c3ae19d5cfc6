"""It stops on the first of the stop ids only."""

_right = generate_reply


def generate_reply(model, input_ids, stop_ids, max_new_tokens):
    return _right(model, input_ids, list(stop_ids)[:1], max_new_tokens)
