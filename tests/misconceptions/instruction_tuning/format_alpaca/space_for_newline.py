"""A space follows "### Response:"."""

_right = format_alpaca


def format_alpaca(example, end_token="", with_response=True):
    prompt = _right(example, with_response=False) + " "
    return prompt + example["output"] + end_token if with_response else prompt
