"""A newline follows "### Response:" in the prompt alone."""

_right = format_alpaca


def format_alpaca(example, end_token="", with_response=True):
    text = _right(example, end_token, with_response)
    return text if with_response else text + "\n"
