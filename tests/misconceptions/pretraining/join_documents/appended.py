"""join_documents changes its input in place."""


def join_documents(documents, end_id):
    for document in documents:
        document.append(end_id)
    return torch.tensor([one for document in documents for one in document], dtype=torch.int64)
