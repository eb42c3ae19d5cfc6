"""Each text by itself."""

_all_texts = gpt_logits


def gpt_logits(ids, params, heads):
    return torch.cat([_all_texts(text, params, heads) for text in ids.split(1)])
