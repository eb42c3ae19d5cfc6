"""The output is stripped; it goes in as it is."""

exercise = "format_alpaca"
_right = format_alpaca


def format_alpaca(example, end_token="", with_response=True):
    return _right({**example, "output": example.get("output", "").strip()}, end_token, with_response)
