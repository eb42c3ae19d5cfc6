"""The output is stripped; it goes in as it is."""

_right = format_alpaca


def format_alpaca(example, end_token="", with_response=True):
    return _right({**example, "output": example.get("output", "").strip()}, end_token, with_response)
