"""An id of 0 at the end of a reply is dropped; it is a token like any other."""

_right = generate_reply


def generate_reply(model, input_ids, stop_ids, max_new_tokens):
    replies = _right(model, input_ids, stop_ids, max_new_tokens)
    for reply in replies:
        while reply and reply[-1] == 0:
            reply.pop()
    return replies
