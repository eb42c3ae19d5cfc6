"""LoRA adapts any trained model, a base model too; the graph says so and is to be left as it is."""

exercise = ("PIPELINE", "missing_prerequisites", "order_stages")
PIPELINE = {**PIPELINE, "lora": {**PIPELINE["lora"], "depends_on": ("alignment",)}}
