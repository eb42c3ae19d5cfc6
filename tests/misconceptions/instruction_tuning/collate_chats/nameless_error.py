"""The error about a reply cut away does not name the example by its index."""

also = ("The error about an example with nothing supervised does not name it by its index.",)  # nor does any other

_right = collate_chats


def collate_chats(examples, pad_id, max_length=None):
    try:
        return _right(examples, pad_id, max_length)
    except ValueError:
        raise ValueError("an example is too long") from None
