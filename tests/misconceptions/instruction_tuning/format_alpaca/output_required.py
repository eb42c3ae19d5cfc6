"""The prompt alone must do without an output."""

_right = format_alpaca


def format_alpaca(example, end_token="", with_response=True):
    return _right({**example, "output": example["output"]}, end_token, with_response)
