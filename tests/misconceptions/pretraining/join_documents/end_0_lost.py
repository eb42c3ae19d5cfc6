"""An end with the id 0 is lost."""


def join_documents(documents, end_id):
    stream = []
    for document in documents:
        stream += document
        if end_id:
            stream.append(end_id)
    return torch.tensor(stream, dtype=torch.int64)
