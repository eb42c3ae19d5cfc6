"""One tensor for each document, put together; an empty stream in front for no documents."""


def join_documents(documents, end_id):
    parts = [torch.tensor([*document, end_id], dtype=torch.int64) for document in documents]
    return torch.cat([torch.empty(0, dtype=torch.int64), *parts])
