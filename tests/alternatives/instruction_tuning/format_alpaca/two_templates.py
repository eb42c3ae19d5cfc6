"""The two published templates as constants, filled in with format_map as Stanford"s train.py does."""

WITH_INPUT = (
    "Below is an instruction that describes a task, paired with an input that provides further context. "
    "Write a response that appropriately completes the request.\n\n"
    "### Instruction:\n{instruction}\n\n### Input:\n{input}\n\n### Response:"
)
WITHOUT_INPUT = (
    "Below is an instruction that describes a task. Write a response that appropriately completes the request.\n\n"
    "### Instruction:\n{instruction}\n\n### Response:"
)


def format_alpaca(example, end_token="", with_response=True):
    template = WITH_INPUT if example.get("input", "") != "" else WITHOUT_INPUT
    text = template.format_map(example)
    if with_response:
        text += "\n" + example["output"] + end_token
    return text
