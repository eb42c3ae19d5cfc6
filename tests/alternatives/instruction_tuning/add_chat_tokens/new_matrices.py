"""New, larger matrices in place of resizing; the tie made again by hand."""


def add_chat_tokens(model, tokenizer):
    known = len(tokenizer)
    missing = [token for token in (IM_START, IM_END) if token not in tokenizer.get_vocab()]
    for token in missing:
        tokenizer.add_special_tokens({"additional_special_tokens": [token]}, replace_extra_special_tokens=False)
    source, head = model.get_input_embeddings(), model.get_output_embeddings()
    tied = source.weight is head.weight

    def grown(weight):
        old = weight.detach()
        rows = old[:known].mean(dim=0, keepdim=True).expand(len(missing), -1)
        return torch.nn.Parameter(torch.cat([old[:known], rows, old[known + len(missing) :]]), weight.requires_grad)

    if missing:
        head_weight = grown(head.weight)
        source.weight = head_weight if tied else grown(source.weight)
        head.weight = source.weight if tied else head_weight
        source.num_embeddings = head.out_features = len(source.weight)
        model.config.vocab_size = len(source.weight)
    return len(missing)
