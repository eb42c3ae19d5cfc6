"""The chat tokens are added in the wrong order, <|im_end|> first."""


def add_chat_tokens(model, tokenizer):
    before = len(tokenizer)
    added = tokenizer.add_tokens([IM_END, IM_START], special_tokens=True)
    if len(tokenizer) > model.get_input_embeddings().num_embeddings:
        model.resize_token_embeddings(len(tokenizer), mean_resizing=False)
    with torch.no_grad():
        for layer in (model.get_input_embeddings(), model.get_output_embeddings()):
            layer.weight[before : before + added] = layer.weight[:before].mean(dim=0)
    return added
