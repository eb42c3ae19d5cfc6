"""The mean is taken over spare rows too, which belong to no token."""

_right = add_chat_tokens


def add_chat_tokens(model, tokenizer):
    known = len(tokenizer)
    old = model.get_input_embeddings().weight.detach().clone(), model.get_output_embeddings().weight.detach().clone()
    added = _right(model, tokenizer)
    with torch.no_grad():
        for layer, rows in zip((model.get_input_embeddings(), model.get_output_embeddings()), old, strict=False):
            layer.weight[known : known + added] = rows.mean(dim=0)
    return added
