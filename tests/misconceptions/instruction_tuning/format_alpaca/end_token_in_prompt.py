"""The end token stands in the prompt, where nothing has been answered yet."""

_right = format_alpaca


def format_alpaca(example, end_token="", with_response=True):
    return _right(example, end_token, with_response) + ("" if with_response else end_token)
