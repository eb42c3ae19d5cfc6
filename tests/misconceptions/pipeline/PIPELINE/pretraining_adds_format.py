"""Pretraining is where knowledge comes from: the language and the facts enter the weights there."""

PIPELINE = {**PIPELINE, "pretraining": {**PIPELINE["pretraining"], "adds": "format"}}
