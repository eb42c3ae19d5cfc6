"""A newline or a space stands between the output and the end token."""

_right = format_alpaca


def format_alpaca(example, end_token="", with_response=True):
    return _right(example, end_token and f"\n{end_token}", with_response)
