"""A space follows "### Response:", before the newline."""

_right = format_alpaca


def format_alpaca(example, end_token="", with_response=True):
    return _right(example, end_token, with_response).replace("### Response:", "### Response: ", 1)
