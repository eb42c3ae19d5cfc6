"""The end stands in front of each document; it belongs behind it."""


def join_documents(documents, end_id):
    return torch.tensor([one for document in documents for one in [end_id, *document]], dtype=torch.int64)
