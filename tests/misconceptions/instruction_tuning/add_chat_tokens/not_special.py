"""The chat tokens are not special: decoding can't leave them out."""

also = ("It returns 2 although one of the tokens was known.",)  # add_tokens makes a plain token of one that was special


def add_chat_tokens(model, tokenizer):
    before = len(tokenizer)
    added = tokenizer.add_tokens([IM_START, IM_END])
    if len(tokenizer) > model.get_input_embeddings().num_embeddings:
        model.resize_token_embeddings(len(tokenizer), mean_resizing=False)
    with torch.no_grad():
        for layer in (model.get_input_embeddings(), model.get_output_embeddings()):
            layer.weight[before : before + added] = layer.weight[:before].mean(dim=0)
    return added
