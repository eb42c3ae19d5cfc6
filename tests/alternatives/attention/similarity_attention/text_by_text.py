"""Text by text, token by token."""


def similarity_attention(x):
    texts = []
    for text in x:
        texts.append(torch.stack([safe_softmax(text @ token) @ text for token in text]))
    return torch.stack(texts)
