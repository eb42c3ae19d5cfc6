"""SFT teaches format, not knowledge: what it answers with was in the weights before."""

PIPELINE = {**PIPELINE, "sft": {**PIPELINE["sft"], "adds": "knowledge"}}
