"""The stop id that ended a row is not in its reply."""

_right = generate_reply


def generate_reply(model, input_ids, stop_ids, max_new_tokens):
    replies = _right(model, input_ids, stop_ids, max_new_tokens)
    return [reply[:-1] if reply and reply[-1] in stop_ids else reply for reply in replies]
