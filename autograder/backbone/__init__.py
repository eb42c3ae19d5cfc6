"""The tiny pretrained model, its world, other backbones and data, behind a few functions.

    model, tokenizer = load_backbone("tiny")        # or "tiny-single", "smollm2", a folder, a hub name
    examples = sentiment("tiny", "train", count=200)

Importing this package imports neither torch nor transformers.
"""

from .data import (
    Instruction,
    LabelledText,
    Preference,
    instructions,
    preferences,
    sentiment,
    split_countries,
    statements,
    text,
    topic_names,
    topics,
)
from .folders import cache_folder
from .load import BackboneError, load_backbone
from .world import RELATIONS, Country, countries, fact_prompt

__all__ = [
    "RELATIONS",
    "BackboneError",
    "Country",
    "Instruction",
    "LabelledText",
    "Preference",
    "cache_folder",
    "countries",
    "fact_prompt",
    "instructions",
    "load_backbone",
    "preferences",
    "sentiment",
    "split_countries",
    "statements",
    "text",
    "topic_names",
    "topics",
]
