"""Prompts as the model reads them: in chunks, with weights, each text encoded once.

A text without weights that fits the model is encoded by the stock pipeline itself.  `(words:1.3)`
gives words more weight, or less below 1; plain parentheses are only parentheses.
"""

import re
from collections.abc import Sequence
from functools import lru_cache

import torch
from diffusers import StableDiffusionPipeline

from engine.tags import Loras

CHUNKS_MAX = 4
"""What a prompt has beyond these is cut, as the stock pipeline does beyond one."""

_TEXTS_KEPT = 256  # 60 MB with Stable Diffusion 1.5; most requests share a negative prompt
_WEIGHT_MAX = 3.0
_WEIGHTED = re.compile(r"\(([^()]*):(\d+(?:\.\d+)?)\)")

Token = tuple[int, float]
"""A token's id and weight."""


class Prompts:
    """Encodes texts, and keeps the latest; a text reads differently by each choice of LoRAs."""

    def __init__(self, pipeline: StableDiffusionPipeline, device: torch.device) -> None:
        self._pipeline = pipeline
        self._device = device
        self.encoded = lru_cache(_TEXTS_KEPT)(self._encode)

    def encoded_alike(self, texts: Sequence[str], loras: Loras = ()) -> tuple[torch.Tensor, ...]:
        """Return embeddings of the same number of chunks, the shorter ones filled with silence."""
        encoded = [self.encoded(text, loras) for text in texts]
        longest, silence = max(map(len, encoded)), self.encoded("", loras)
        return tuple(self._filled(each, longest, silence) for each in encoded)

    def _filled(self, embeddings: torch.Tensor, length: int, silence: torch.Tensor) -> torch.Tensor:
        missing = (length - len(embeddings)) // self._pipeline.tokenizer.model_max_length
        return torch.cat([embeddings, *[silence] * missing]) if missing else embeddings

    def _encode(self, text: str, loras: Loras = ()) -> torch.Tensor:
        """Return a text's embeddings, tokens by features, with these LoRAs on."""
        tokens = self._tokens(text)
        length = self._pipeline.tokenizer.model_max_length - 2  # beside a beginning and an end
        if len(tokens) <= length and all(weight == 1 for _, weight in tokens):
            return self._encode_plainly(text)
        starts = range(0, max(1, len(tokens)), length)
        chunks = [tokens[start : start + length] for start in starts[:CHUNKS_MAX]]
        return torch.cat([self._encode_chunk(chunk, loras) for chunk in chunks])

    def _encode_plainly(self, text: str) -> torch.Tensor:
        [embeddings], _ = self._pipeline.encode_prompt(
            text, self._device, 1, do_classifier_free_guidance=False
        )
        return embeddings  # type: ignore[no-any-return]  # diffusers is untyped

    def _encode_chunk(self, tokens: Sequence[Token], loras: Loras) -> torch.Tensor:
        """Encode what fits; a weight moves a token's embedding away from that of silence."""
        tokenizer, encoder = self._pipeline.tokenizer, self._pipeline.text_encoder
        ids = [tokenizer.bos_token_id, *(token for token, _ in tokens), tokenizer.eos_token_id]
        weights = [1.0, *(weight for _, weight in tokens), 1.0]
        padding = tokenizer.model_max_length - len(ids)
        ids += [tokenizer.pad_token_id] * padding
        weights += [1.0] * padding
        embeddings: torch.Tensor
        [embeddings] = encoder(torch.tensor([ids], device=self._device), return_dict=False)[0]
        of_token = torch.tensor(weights, device=self._device, dtype=embeddings.dtype)[:, None]
        silence: torch.Tensor = self.encoded("", loras)
        return silence + of_token * (embeddings - silence)

    def _tokens(self, text: str) -> list[Token]:
        tokenize = self._pipeline.tokenizer
        tokens: list[Token] = []
        for words, weight in weighted(text):
            ids = tokenize(words, add_special_tokens=False, verbose=False).input_ids
            tokens += [(token, weight) for token in ids]
        return tokens


def weighted(text: str) -> list[tuple[str, float]]:
    """Return a prompt's parts and the weight of each."""
    parts: list[tuple[str, float]] = []
    at = 0
    for match in _WEIGHTED.finditer(text):
        parts.append((text[at : match.start()], 1.0))
        parts.append((match[1], min(float(match[2]), _WEIGHT_MAX)))
        at = match.end()
    parts.append((text[at:], 1.0))
    return [(words, weight) for words, weight in parts if words.strip()]
