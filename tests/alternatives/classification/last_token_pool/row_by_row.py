"""A loop over the rows, each indexed by its own mask."""


def last_token_pool(hidden_states, attention_mask):
    vectors = []
    for number, (vector, mask) in enumerate(zip(hidden_states, attention_mask, strict=True), start=1):
        real = vector[mask == 1]
        if len(real) == 0:
            raise ValueError(f"text {number} has no tokens, so it has no last one")
        vectors.append(real[-1])
    return torch.stack(vectors)
