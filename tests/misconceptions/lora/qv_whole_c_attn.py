"""The keys change too; detours belong beside query and value only."""

exercise = "lora_qv"


def lora_qv(model, r, alpha):
    return apply_lora(model, ["attn.c_attn"], r, alpha)
