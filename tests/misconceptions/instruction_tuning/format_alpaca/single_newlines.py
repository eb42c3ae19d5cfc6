"""The parts are separated by one newline instead of an empty line."""

_right = format_alpaca


def format_alpaca(example, end_token="", with_response=True):
    return _right(example, end_token, with_response).replace("\n\n", "\n")
