"""The exported model against sentence-transformers itself, and what a wrong model is told."""

import random
import shutil
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from filelock import FileLock

from assistant.adapters.embeddings import MANIFEST, EmbeddingSpec, OnnxEmbeddings
from assistant.adapters.export import ensure_model, packaged_model_path
from assistant.errors import EmbeddingModelError
from assistant.model import Catalogue
from ingest.pipeline import search_keys
from tests.integration.processes import start
from tests.integration.workbench import FP32, INT8, Bench

TEXTS = 200
FP32_AT_LEAST = 0.999
INT8_AT_LEAST_ON_AVERAGE = 0.97
QUESTION = "My son was suspended for two days with no letter. What must the school do?"
QUERY_PREFIX, PASSAGE_PREFIX = "query: ", "passage: "


@pytest.fixture(scope="module")
def texts(corpus: Catalogue) -> list[str]:
    """Statements, questions and keywords of the corpus, the same ones in every run, the longest among them."""
    every = sorted({key.text for key in search_keys(corpus)})
    longest = sorted(every, key=len)[-10:]
    return longest + random.Random(20261121).sample(every, TEXTS - len(longest))  # noqa: S311 - not a secret


@pytest.fixture(scope="module")
def own_vectors(texts: list[str]) -> np.ndarray:
    """What sentence-transformers makes of the texts, shape (texts, dimensions)."""
    from sentence_transformers import SentenceTransformer  # noqa: PLC0415 - slow, and only needed here

    return SentenceTransformer(str(packaged_model_path()), device="cpu").encode(texts)


def opened(models: Path, spec: EmbeddingSpec) -> OnnxEmbeddings:
    return OnnxEmbeddings(ensure_model(models, spec), threads=1)


def cosines(one: np.ndarray, other: Sequence[Sequence[float]]) -> np.ndarray:
    """Row by row."""
    mine, theirs = (np.asarray(v) / np.linalg.norm(v, axis=1, keepdims=True) for v in (one, np.asarray(other)))
    return (mine * theirs).sum(axis=1)


# The same vectors ---------------------------------------------------------------------------------------------------


def test_the_fp32_export_gives_the_models_own_vectors(
    models: Path, texts: list[str], own_vectors: np.ndarray, record_property: Callable[[str, object], None]
) -> None:
    likeness = cosines(own_vectors, opened(models, FP32).embed_documents(texts))
    record_property("lowest cosine", float(likeness.min()))
    assert len(likeness) == TEXTS
    assert likeness.min() >= FP32_AT_LEAST, f"lowest cosine {likeness.min():.6f}: {texts[likeness.argmin()]}"


def test_the_int8_export_stays_close_to_the_models_own_vectors(
    models: Path, texts: list[str], own_vectors: np.ndarray, record_property: Callable[[str, object], None]
) -> None:
    likeness = cosines(own_vectors, opened(models, INT8).embed_documents(texts))
    record_property("mean cosine", float(likeness.mean()))
    assert likeness.mean() >= INT8_AT_LEAST_ON_AVERAGE, f"mean {likeness.mean():.4f}, lowest {likeness.min():.4f}"


@pytest.mark.parametrize("spec", [INT8, FP32], ids=lambda spec: spec.precision)
def test_a_vector_depends_on_its_own_text_alone(models: Path, texts: list[str], spec: EmbeddingSpec) -> None:
    embeddings = opened(models, spec)
    some = texts[:20]
    together = embeddings.embed_documents(some)
    assert together == list(reversed(embeddings.embed_documents(list(reversed(some)))))
    assert together == [embeddings.embed_documents([text])[0] for text in some]
    assert together == [embeddings.embed_query(text) for text in some]


@pytest.mark.parametrize("spec", [INT8, FP32], ids=lambda spec: spec.precision)
def test_vectors_have_length_one_whatever_the_text(models: Path, spec: EmbeddingSpec) -> None:
    awkward = ["", " ", "a", "word " * 2_000, "😀", "\0", "پاکستان"]
    lengths = np.linalg.norm(opened(models, spec).embed_documents(awkward), axis=1)
    assert lengths == pytest.approx([1.0] * len(awkward), abs=1e-5)


# Prefixes -----------------------------------------------------------------------------------------------------------


def test_prefixes_go_before_queries_and_passages_when_they_are_given(models: Path) -> None:
    plain = opened(models, FP32)
    asked_for = replace(FP32, query_prefix=QUERY_PREFIX, passage_prefix=PASSAGE_PREFIX)
    prefixed = opened(models, asked_for)
    text = "Who must be told of a suspension?"
    assert prefixed.embed_query(text) == plain.embed_query(QUERY_PREFIX + text) != plain.embed_query(text)
    assert prefixed.embed_documents([text]) == plain.embed_documents([PASSAGE_PREFIX + text])


def test_a_prefix_makes_another_model_so_that_old_vectors_are_not_kept() -> None:
    specs = [FP32, INT8, replace(FP32, query_prefix=QUERY_PREFIX), replace(FP32, passage_prefix=QUERY_PREFIX)]
    assert len({spec.fingerprint for spec in specs}) == len(specs)


# Models that do not work --------------------------------------------------------------------------------------------


def test_a_model_that_cannot_be_loaded_is_named_with_what_to_check(tmp_path: Path) -> None:
    nothing = tmp_path / "no-model-here"
    nothing.mkdir()
    models = tmp_path / "models"
    with pytest.raises(EmbeddingModelError, match=r"no-model-here.*APNAV_EMBEDDING_MODEL"):
        ensure_model(models, EmbeddingSpec(model=str(nothing)))
    assert [made for made in models.iterdir() if made.is_dir()] == []


@pytest.mark.parametrize("lost", ["manifest.json", "tokenizer.json", "model.int8.onnx"])
@pytest.mark.parametrize("how", ["gone", "torn"])
def test_a_damaged_export_says_which_folder_to_delete(models: Path, tmp_path: Path, lost: str, how: str) -> None:
    folder = shutil.copytree(models / INT8.fingerprint, tmp_path / "export")
    if how == "gone":
        (folder / lost).unlink()
    else:
        (folder / lost).write_bytes((folder / lost).read_bytes()[:100])
    with pytest.raises(EmbeddingModelError, match="delete that folder and run: apnav ingest") as failed:
        OnnxEmbeddings(folder)
    assert str(folder) in str(failed.value)


def test_what_a_killed_export_left_aside_is_removed(models: Path, tmp_path: Path) -> None:
    mine = tmp_path / "models"
    shutil.copytree(models / INT8.fingerprint, mine / INT8.fingerprint)
    (mine / ".export-killed").mkdir()
    (mine / ".export-killed" / "model.onnx").write_bytes(b"half a model")
    assert ensure_model(mine, INT8) == mine / INT8.fingerprint
    assert [folder.name for folder in mine.iterdir() if folder.is_dir()] == [INT8.fingerprint]


def test_two_programs_that_need_a_model_at_once_make_it_once(models: Path, tmp_path: Path) -> None:
    mine = tmp_path / "models"
    with ThreadPoolExecutor() as programs, FileLock(mine / ".export.lock") as first:
        second = programs.submit(ensure_model, mine, INT8)
        half = mine / ".export-first"
        half.mkdir()
        time.sleep(0.3)
        assert half.is_dir(), "the second removed what the first was writing"
        half.rmdir()
        shutil.copytree(models / INT8.fingerprint, mine / INT8.fingerprint)
        made = (mine / INT8.fingerprint / MANIFEST).stat().st_mtime_ns
        first.release()
        assert second.result() == mine / INT8.fingerprint
    assert (mine / INT8.fingerprint / MANIFEST).stat().st_mtime_ns == made


# Answering is light -------------------------------------------------------------------------------------------------


def test_answering_imports_neither_torch_nor_sentence_transformers(
    tmp_path: Path, models: Path, catalogue: Catalogue
) -> None:
    bench = Bench(folder=tmp_path, models=models)
    bench.ingest(catalogue)
    with start("ask_once", bench, QUESTION) as program:
        said = program.says()
    assert said["citations"] > 0
    assert "onnxruntime" in said["modules"]
    assert {"torch", "sentence_transformers", "transformers"}.isdisjoint(said["modules"])


def test_answering_leaves_no_trace_for_the_makers_of_its_libraries(
    tmp_path: Path, models: Path, catalogue: Catalogue
) -> None:
    bench = Bench(folder=tmp_path / "data", models=models)
    bench.ingest(catalogue)
    home = tmp_path / "home"
    home.mkdir()
    with start("ask_once", bench, QUESTION, HOME=home, TMPDIR=home, XDG_CACHE_HOME=home / "cache") as program:
        assert program.says()["citations"] > 0
    assert list(home.iterdir()) == []
