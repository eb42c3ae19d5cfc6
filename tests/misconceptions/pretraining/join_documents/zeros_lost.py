"""Tokens with the id 0 are lost."""


def join_documents(documents, end_id):
    stream = []
    for document in documents:
        stream += [one for one in document if one]
        stream.append(end_id)
    return torch.tensor(stream, dtype=torch.int64)
