"""Adding tokens puts the model into another mode."""

_right = add_chat_tokens


def add_chat_tokens(model, tokenizer):
    added = _right(model, tokenizer)
    model.train()
    return added
