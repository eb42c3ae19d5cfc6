"""There is no end behind the last document."""


def join_documents(documents, end_id):
    stream = []
    for number, document in enumerate(documents):
        if number:
            stream.append(end_id)
        stream += document
    return torch.tensor(stream, dtype=torch.int64)
