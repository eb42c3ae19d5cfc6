"""The product with one-hot vectors, written out."""


def embed(ids, table):
    wrong = {one for one in ids.flatten().tolist() if one < 0 or one >= len(table)}
    if wrong:
        raise IndexError(f"these ids have no row: {sorted(wrong)}")
    one_hot = (ids.unsqueeze(-1) == torch.arange(len(table))).to(table.dtype)  # (..., V)
    return one_hot @ table
