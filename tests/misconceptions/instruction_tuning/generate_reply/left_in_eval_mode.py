"""The model was in train mode before, and is left in eval mode."""

_right = generate_reply


def generate_reply(model, input_ids, stop_ids, max_new_tokens):
    model.eval()
    return _right(model, input_ids, stop_ids, max_new_tokens)
