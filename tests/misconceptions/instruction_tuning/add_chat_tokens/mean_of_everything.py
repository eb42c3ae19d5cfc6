"""Each new row repeats one number, the mean over all rows and columns."""

_right = add_chat_tokens


def add_chat_tokens(model, tokenizer):
    before = len(tokenizer)
    added = _right(model, tokenizer)
    with torch.no_grad():
        for layer in (model.get_input_embeddings(), model.get_output_embeddings()):
            layer.weight[before : before + added] = layer.weight[:before].mean()
    return added
