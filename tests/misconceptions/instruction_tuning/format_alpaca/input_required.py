"""An example without the key input must be taken like one with an empty input."""

_right = format_alpaca


def format_alpaca(example, end_token="", with_response=True):
    return _right({**example, "input": example["input"]}, end_token, with_response)
