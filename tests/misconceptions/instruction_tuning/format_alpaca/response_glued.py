"""The newline between "### Response:" and the output is missing."""

_right = format_alpaca


def format_alpaca(example, end_token="", with_response=True):
    return _right(example, end_token, with_response).replace("### Response:\n", "### Response:", 1)
