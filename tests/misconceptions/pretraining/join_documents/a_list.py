"""The stream is a list; a tensor is asked for."""


def join_documents(documents, end_id):
    return [one for document in documents for one in [*document, end_id]]
