"""A tensor of ends, into which each document is written."""


def join_documents(documents, end_id):
    stream = torch.full((sum(map(len, documents)) + len(documents),), end_id, dtype=torch.int64)
    start = 0
    for document in documents:
        for place, token in enumerate(document):
            stream[start + place] = token
        start += len(document) + 1
    return stream
