"""Curly braces in a text are taken for placeholders."""


def format_alpaca(example, end_token="", with_response=True):
    request = "Write a response that appropriately completes the request."
    if example.get("input"):
        opening = (
            "Below is an instruction that describes a task, paired with an input that provides further context. "
            + request
        )
        template = (
            opening + "\n\n### Instruction:\n" + example["instruction"] + "\n\n### Input:\n{input}\n\n### Response:"
        )
        template = template.format(input=example["input"])
    else:
        template = (
            "Below is an instruction that describes a task. " + request + "\n\n### Instruction:\n{instruction}"
            "\n\n### Response:"
        ).format(instruction=example["instruction"])
    return template + (f"\n{example['output']}{end_token}" if with_response else "")
