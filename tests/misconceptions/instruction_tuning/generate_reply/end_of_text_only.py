"""It does not stop on a stop id."""

_right = generate_reply


def generate_reply(model, input_ids, stop_ids, max_new_tokens):
    return _right(model, input_ids, [model.config.eos_token_id + 10_000], max_new_tokens)
