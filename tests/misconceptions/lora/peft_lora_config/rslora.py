"""PEFT scales by alpha / sqrt(r) with your config: leave use_rslora off."""


def peft_lora_config(r, alpha):
    from peft import LoraConfig

    return LoraConfig(r=r, lora_alpha=alpha, target_modules=["c_attn"], fan_in_fan_out=True, use_rslora=True)
