"""The end token is always the same, whatever end_token says."""

_right = format_alpaca


def format_alpaca(example, end_token="", with_response=True):
    return _right(example, "<|endoftext|>" if end_token else "", with_response)
