"""The model was in eval mode before, and is left in train mode."""

_right = generate_reply


def generate_reply(model, input_ids, stop_ids, max_new_tokens):
    replies = _right(model, input_ids, stop_ids, max_new_tokens)
    model.train()
    return replies
