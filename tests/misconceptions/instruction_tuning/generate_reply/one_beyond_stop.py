"""It writes one token beyond the stop id."""

_right = generate_reply


def generate_reply(model, input_ids, stop_ids, max_new_tokens):
    replies = _right(model, input_ids, stop_ids, max_new_tokens)
    everything = _right(model, input_ids, [], max_new_tokens)
    return [all_of_it[: len(reply) + 1] for reply, all_of_it in zip(replies, everything, strict=False)]
