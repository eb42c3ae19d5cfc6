"""In an untied model the output layer's new rows do not start as the mean of its old ones."""

_right = add_chat_tokens


def add_chat_tokens(model, tokenizer):
    before = len(tokenizer)
    added = _right(model, tokenizer)
    if model.lm_head.weight is not model.get_input_embeddings().weight:
        with torch.no_grad():
            model.lm_head.weight[before : before + added].normal_()
    return added
