"""The stop id that ended a row is the only one left for the rows after it."""

_right = generate_reply


def generate_reply(model, input_ids, stop_ids, max_new_tokens):
    stops, replies = list(stop_ids), []
    for prompt in input_ids:
        (reply,) = _right(model, prompt[None], stops, max_new_tokens)
        replies.append(reply)
        if reply and reply[-1] in stops:
            stops = [reply[-1]]
    return replies
