"""All rows stop as soon as one does."""

_right = generate_reply


def generate_reply(model, input_ids, stop_ids, max_new_tokens):
    replies = _right(model, input_ids, stop_ids, max_new_tokens)
    shortest = min(map(len, replies))
    return [reply[:shortest] for reply in replies]
