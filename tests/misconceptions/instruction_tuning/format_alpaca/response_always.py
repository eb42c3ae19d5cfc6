"""The response is in the prompt."""

also = ("The prompt alone must do without an output.",)  # it reads the output of an example that has none

_right = format_alpaca


def format_alpaca(example, end_token="", with_response=True):
    return _right(example, end_token, True)
