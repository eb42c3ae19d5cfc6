"""Alignment adds no knowledge: it is told what people prefer, not what is true."""

PIPELINE = {**PIPELINE, "alignment": {**PIPELINE["alignment"], "adds": "knowledge"}}
