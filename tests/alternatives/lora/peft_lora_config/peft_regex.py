"""Names the layers by a regular expression and relies on defaults where they are right."""


def peft_lora_config(r, alpha):
    import peft

    return peft.LoraConfig(r=r, lora_alpha=alpha, target_modules=r".*\.attn\.c_attn", fan_in_fan_out=True)
