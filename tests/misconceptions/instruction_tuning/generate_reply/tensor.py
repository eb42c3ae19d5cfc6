"""The replies are a tensor, not a list of ids for every row."""

_right = generate_reply


def generate_reply(model, input_ids, stop_ids, max_new_tokens):
    replies = _right(model, input_ids, stop_ids, max_new_tokens)
    return torch.tensor(replies) if len(set(map(len, replies))) == 1 else replies
