"""The model was in train mode before, and is left in eval mode."""

exercise = "generate_reply"
_right = generate_reply


def generate_reply(model, input_ids, stop_ids, max_new_tokens):
    model.eval()
    return _right(model, input_ids, stop_ids, max_new_tokens)
