"""It raises an error where there is no document."""


def join_documents(documents, end_id):
    return torch.cat([torch.tensor([*document, end_id]) for document in documents])
