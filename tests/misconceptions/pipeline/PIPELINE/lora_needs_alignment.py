"""LoRA adapts any trained model, a base model too; the graph says so and is to be left as it is."""

also = (  # what reads the graph says the same of it
    "LoRA adapts any trained model, a base model too: it doesn't need alignment.",
    "LoRA is made to wait for alignment; it adapts any trained model, a base model too.",
)

exercise = ("PIPELINE", "missing_prerequisites", "order_stages")
PIPELINE = {**PIPELINE, "lora": {**PIPELINE["lora"], "depends_on": ("alignment",)}}
