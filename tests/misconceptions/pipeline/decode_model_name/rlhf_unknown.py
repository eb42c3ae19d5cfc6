"""it, chat, instruct, dpo and rlhf all tell of an aligned model."""

del _STAGE_WORDS["rlhf"]
