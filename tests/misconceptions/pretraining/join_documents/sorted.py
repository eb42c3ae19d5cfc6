"""The documents are in another order."""


def join_documents(documents, end_id):
    documents = sorted(documents, key=len)
    return torch.tensor([one for document in documents for one in [*document, end_id]], dtype=torch.int64)
