"""A text, and how each merge that is learned from it cuts it."""

TEXT = (
    "Anna had a blue lamp. One day the lamp was gone. Anna looked in the park, but it was not there. "
    "Then Nora found the blue lamp in the street."
)  # of the course's generated world
MERGES = 40


def data(lesson):
    _, merges = lesson.train_bpe(TEXT, 256 + MERGES)
    pieces = lesson.pretokenize(TEXT)
    words = [tuple(bytes([byte]) for byte in piece.encode()) for piece in pieces]
    steps = [{"pair": None, "sizes": sizes(words)}]
    for pair in merges:
        counts = lesson.count_pairs({word: words.count(word) for word in words})
        words = [lesson.merge_pair(word, pair) for word in words]
        steps.append({"pair": [part.decode() for part in pair], "count": counts[pair], "sizes": sizes(words)})
    return {"text": TEXT, "steps": steps}


def sizes(words):
    """How many bytes each token has, in the order of the text."""
    return [len(token) for word in words for token in word]
