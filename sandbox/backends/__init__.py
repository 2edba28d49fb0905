"""Pretended servers that draw: AUTOMATIC1111's web UI, SD.Next, ComfyUI, Hugging Face."""
