"""A loop over the rows, each indexed by its own mask."""


def last_token_pool(hidden_states, attention_mask):
    vectors = []
    for vector, mask in zip(hidden_states, attention_mask, strict=True):
        real = vector[mask == 1]
        if len(real) == 0:
            raise ValueError("a text without tokens has no last token")
        vectors.append(real[-1])
    return torch.stack(vectors)
