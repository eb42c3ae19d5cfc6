"""The response is in the prompt."""

_right = format_alpaca


def format_alpaca(example, end_token="", with_response=True):
    return _right(example, end_token, True)
