"""The instruction is stripped; it goes in as it is."""

_right = format_alpaca


def format_alpaca(example, end_token="", with_response=True):
    return _right({**example, "instruction": example["instruction"].strip()}, end_token, with_response)
