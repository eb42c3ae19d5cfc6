"""lora_alpha is missing from the config."""


def peft_lora_config(r, alpha):
    from peft import LoraConfig

    return LoraConfig(r=r, target_modules=["c_attn"], fan_in_fan_out=True)
