"""The config does not say that Conv1D's weight is (d_in, d_out), so PEFT warns and corrects it."""


def peft_lora_config(r, alpha):
    from peft import LoraConfig

    return LoraConfig(r=r, lora_alpha=alpha, target_modules=["c_attn"])
