"""The tokenizer and the text encoder: ``python -m models.train.text``.

The encoder learns to name what a caption says (or that it does not say it) at every end token, so
that the denoiser finds plain facts to look up.  It is not trained any further.
"""

import json
from pathlib import Path
from random import Random

import torch
from tokenizers import Tokenizer, pre_tokenizers
from tokenizers.models import BPE
from tokenizers.trainers import BpeTrainer
from torch import Tensor, nn
from torch.nn import functional
from transformers import CLIPTextConfig, CLIPTextModel, CLIPTokenizer

from models.train.arguments import parse
from models.train.captions import caption
from models.train.chance import dice, happens
from models.train.labels import HEADS, said
from models.train.scene import sample
from models.train.settings import TEXT

_END = "</w>"
_CAPTIONS = 30_000  # that the vocabulary is made from


def make_tokenizer() -> CLIPTokenizer:
    """Return a tokenizer whose vocabulary holds the captions' words, and all bytes for the rest."""
    chance = dice(5)
    learner = Tokenizer(BPE(end_of_word_suffix=_END, continuing_subword_prefix=""))
    clip = CLIPTokenizer().backend_tokenizer
    learner.normalizer, learner.pre_tokenizer = clip.normalizer, clip.pre_tokenizer
    alphabet = sorted(pre_tokenizers.ByteLevel.alphabet())
    trainer = BpeTrainer(
        vocab_size=TEXT.vocabulary,
        min_frequency=20,
        initial_alphabet=alphabet,
        end_of_word_suffix=_END,
        continuing_subword_prefix="",
        show_progress=False,
    )
    texts = (caption(sample(chance), chance) for _ in range(_CAPTIONS))
    learner.train_from_iterator(texts, trainer)
    merges = [tuple(pair) for pair in json.loads(learner.to_str())["model"]["merges"]]
    pieces = [*alphabet, *(letter + _END for letter in alphabet)]
    pieces += ["".join(pair) for pair in merges]
    pieces += ["<|startoftext|>", "<|endoftext|>"]
    vocabulary = {piece: place for place, piece in enumerate(dict.fromkeys(pieces))}
    return CLIPTokenizer(vocab=vocabulary, merges=merges, model_max_length=TEXT.length)


def make_encoder(tokenizer: CLIPTokenizer) -> CLIPTextModel:
    """Return an untrained encoder."""
    return CLIPTextModel(
        CLIPTextConfig(
            vocab_size=len(tokenizer),
            hidden_size=TEXT.width,
            intermediate_size=4 * TEXT.width,
            projection_dim=TEXT.width,
            num_hidden_layers=TEXT.layers,
            num_attention_heads=TEXT.heads,
            max_position_embeddings=TEXT.length,
            pad_token_id=tokenizer.pad_token_id,
            bos_token_id=tokenizer.bos_token_id,
            eos_token_id=tokenizer.eos_token_id,
        )
    )


def tokens(tokenizer: CLIPTokenizer, texts: list[str]) -> Tensor:
    """Return the numbers of the tokens, a row for each text."""
    rows = tokenizer(texts, padding="max_length", max_length=TEXT.length, truncation=True)
    return torch.tensor(rows.input_ids)


def load(work: Path) -> tuple[CLIPTokenizer, CLIPTextModel]:
    """Return what was trained."""
    tokenizer = CLIPTokenizer.from_pretrained(work / "tokenizer")
    return tokenizer, CLIPTextModel.from_pretrained(work / "text").eval().requires_grad_(False)  # noqa: FBT003 - torch's own signature


def _batch(tokenizer: CLIPTokenizer, count: int, chance: Random) -> tuple[Tensor, Tensor]:
    scenes = [sample(chance) for _ in range(count)]
    texts = [caption(scene, chance) for scene in scenes]
    facts = [said(scene) for scene in scenes]
    empty = [k for k in range(count) if happens(chance, 0.03)]
    for k in empty:
        texts[k], facts[k] = "", tuple(HEADS)
    return tokens(tokenizer, texts), torch.tensor(facts)


def _loss(encoder: CLIPTextModel, heads: nn.Linear, ids: Tensor, facts: Tensor) -> Tensor:
    features = encoder(ids)[0]
    rows, places = (ids == encoder.config.eos_token_id).nonzero(as_tuple=True)
    chosen = torch.randperm(len(rows))[: 4 * len(ids)]
    named = torch.split(heads(features[rows[chosen], places[chosen]]), [n + 1 for n in HEADS], 1)
    return torch.stack(
        [functional.cross_entropy(guess, facts[rows[chosen], k]) for k, guess in enumerate(named)]
    ).sum()


def _accuracy(encoder: CLIPTextModel, heads: nn.Linear, ids: Tensor, facts: Tensor) -> list[float]:
    with torch.no_grad():
        named = torch.split(heads(encoder(ids)[0][:, -1]), [n + 1 for n in HEADS], 1)
    return [(guess.argmax(1) == facts[:, k]).float().mean().item() for k, guess in enumerate(named)]


def main() -> None:
    """Train and save; a minute or two, so it starts again when killed."""
    work = parse(__doc__).work
    torch.manual_seed(0)
    torch.set_num_threads(1)
    chance = dice(6)
    tokenizer = make_tokenizer()
    encoder = make_encoder(tokenizer)
    heads = nn.Linear(TEXT.width, sum(HEADS) + len(HEADS))
    parameters = [*encoder.parameters(), *heads.parameters()]
    optimizer = torch.optim.AdamW(parameters, TEXT.lr, weight_decay=1e-2)
    rate = torch.optim.lr_scheduler.OneCycleLR(optimizer, TEXT.lr, TEXT.steps, pct_start=0.05)
    for step in range(TEXT.steps):
        loss = _loss(encoder, heads, *_batch(tokenizer, TEXT.batch, chance))
        optimizer.zero_grad()
        torch.autograd.backward(loss)
        nn.utils.clip_grad_norm_(parameters, 1.0)
        optimizer.step()
        rate.step()
        if step % 100 == 0:
            print(step, f"{loss.item():.3f}", flush=True)
    print("unseen captions, each fact:", _accuracy(encoder, heads, *_batch(tokenizer, 500, chance)))
    tokenizer.save_pretrained(work / "tokenizer")
    encoder.save_pretrained(work / "text")


if __name__ == "__main__":
    main()
