"""lora, qlora and adapter all tell of an adapter."""

del _STAGE_WORDS["qlora"], _STAGE_WORDS["adapter"]
