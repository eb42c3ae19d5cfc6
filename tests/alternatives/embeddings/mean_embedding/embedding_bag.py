"""PyTorch's own bag of words."""


def mean_embedding(ids, table):
    embed(ids, table)  # raises for ids without a row
    return torch.nn.functional.embedding_bag(ids, table.float() if table.dtype == torch.bfloat16 else table).to(
        table.dtype
    )
