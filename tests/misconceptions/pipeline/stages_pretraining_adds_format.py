"""Pretraining is where knowledge comes from: the language and the facts enter the weights there."""

exercise = "PIPELINE"
PIPELINE = {**PIPELINE, "pretraining": {**PIPELINE["pretraining"], "adds": "format"}}
