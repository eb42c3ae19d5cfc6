"""Demonstrations show a form; which of two answers is better, they don't say."""

PIPELINE = {**PIPELINE, "sft": {**PIPELINE["sft"], "adds": "judgment"}}
