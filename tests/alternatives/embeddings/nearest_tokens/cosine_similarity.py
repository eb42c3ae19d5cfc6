"""PyTorch's cosine_similarity, sorted in Python by (-cosine, id)."""


def nearest_tokens(table, token, k):
    if token < 0 or token >= len(table):
        raise IndexError(f"{token} of {len(table)}")
    if k < 0 or k > len(table) - 1:
        raise ValueError(f"k is {k}, there are {len(table) - 1} others")
    near = torch.nn.functional.cosine_similarity(table, table[token : token + 1], dim=1).tolist()
    others = sorted((-near[one], one) for one in range(len(table)) if one != token)
    return [one for _, one in others[:k]]
