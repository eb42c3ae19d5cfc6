"""The prompt is a list of sections joined by blank lines; sections without text are left out."""


def format_alpaca(example, end_token="", with_response=True):
    context = example["input"] if "input" in example else ""
    paired = ", paired with an input that provides further context" if context else ""
    sections = [
        f"Below is an instruction that describes a task{paired}. "
        "Write a response that appropriately completes the request.",
        "### Instruction:\n" + example["instruction"],
        *(["### Input:\n" + context] if context else []),
        "### Response:",
    ]
    prompt = "\n\n".join(sections)
    if not with_response:
        return prompt
    return "\n".join([prompt, example["output"]]) + end_token
