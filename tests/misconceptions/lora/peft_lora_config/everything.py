"""PEFT adapts other layers than the c_attn of every block."""


def peft_lora_config(r, alpha):
    from peft import LoraConfig

    return LoraConfig(r=r, lora_alpha=alpha, target_modules="all-linear", fan_in_fan_out=True)
