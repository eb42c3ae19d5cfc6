"""Demonstrations show a form; which of two answers is better, they don't say."""

exercise = "PIPELINE"
PIPELINE = {**PIPELINE, "sft": {**PIPELINE["sft"], "adds": "judgment"}}
