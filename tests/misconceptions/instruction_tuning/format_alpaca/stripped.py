"""The texts of the example are stripped; they go in as they are."""

_right = format_alpaca


def format_alpaca(example, end_token="", with_response=True):
    return _right({key: value.strip() for key, value in example.items()}, end_token, with_response)
