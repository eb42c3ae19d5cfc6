"""Adding tokens puts the model into another mode."""

_right = add_chat_tokens


def add_chat_tokens(model, tokenizer):
    model.eval()
    return _right(model, tokenizer)
