"""The end token is missing behind the response."""

_right = format_alpaca


def format_alpaca(example, end_token="", with_response=True):
    return _right(example, "", with_response)
