"""The end stands on both sides of each document."""


def join_documents(documents, end_id):
    return torch.tensor([one for document in documents for one in [end_id, *document, end_id]], dtype=torch.int64)
