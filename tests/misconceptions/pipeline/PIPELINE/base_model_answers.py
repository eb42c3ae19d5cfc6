"""A base model knows and doesn't answer: it goes on with whatever text it is given."""

PIPELINE = {**PIPELINE, "pretraining": {**PIPELINE["pretraining"], "cannot_provide": "no_quality_signal"}}
