"""An adapter makes training cheap; the adapted model is as large as before."""

PIPELINE = {**PIPELINE, "lora": {**PIPELINE["lora"], "adds": "accessibility"}}
