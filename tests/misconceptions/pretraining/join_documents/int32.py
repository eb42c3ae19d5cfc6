"""The stream isn't int64."""


def join_documents(documents, end_id):
    return torch.tensor([one for document in documents for one in [*document, end_id]], dtype=torch.int32)
