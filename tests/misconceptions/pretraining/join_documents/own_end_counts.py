"""A document that ends in the end token gets none; its own may be a token of the text."""


def join_documents(documents, end_id):
    stream = []
    for document in documents:
        stream += document
        if not document or document[-1] != end_id:
            stream.append(end_id)
    return torch.tensor(stream, dtype=torch.int64)
