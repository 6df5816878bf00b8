"""What the integration tests work with: a smaller corpus made of the real one, and places to keep an index."""

import json
import shutil
import time
from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from itertools import count
from pathlib import Path
from typing import Any

import numpy as np
import yaml
from pydantic import TypeAdapter

from assistant.adapters.chroma import ChromaKnowledgeBase
from assistant.adapters.embeddings import EmbeddingSpec
from assistant.adapters.places import FolderPlace, OpenBuild, Place, ServerPlace, collection_name
from assistant.model import Catalogue, Passage
from assistant.ports import Knowledge, Likeness, Query
from ingest.pipeline import IngestReport, Workshop, ingest

PROJECT = Path(__file__).parents[2]
INT8 = EmbeddingSpec(precision="int8")
FP32 = EmbeddingSpec(precision="fp32")

_GUIDES = ("first-suspension", "permanent-exclusion", "off-site-direction")
_CATALOGUE = TypeAdapter(Catalogue)
_MINUTES = count()


# A smaller corpus ---------------------------------------------------------------------------------------------------


def smaller(catalogue: Catalogue, *, facts: int, phrasings: int) -> Catalogue:
    """That many real facts, those of three guides first, each with that many of its phrasings of each kind."""
    guides = tuple(guide for guide in catalogue.guides if guide.id in _GUIDES)
    guided = [step.fact for guide in guides for step in guide.steps]
    kept = list(dict.fromkeys([*guided, *(passage.id for passage in catalogue.passages)]))[:facts]
    fewer = only(replace(catalogue, guides=guides), kept)
    seen: Counter[str | None] = Counter()
    examples = []
    for example in fewer.triage_examples:
        seen[example.rule] += 1
        if seen[example.rule] <= phrasings:
            examples.append(example)
    return versioned(
        replace(
            fewer,
            guides=tuple(replace(guide, matches=guide.matches[:phrasings]) for guide in fewer.guides),
            passages=tuple(_with_fewer_phrasings(passage, phrasings) for passage in fewer.passages),
            misconceptions=tuple(replace(m, cues=m.cues[:phrasings]) for m in fewer.misconceptions),
            triage_examples=tuple(examples),
        )
    )


def only(catalogue: Catalogue, fact_ids: Collection[str]) -> Catalogue:
    """The catalogue with no other facts than these, and with no reference to any other."""

    def known(ids: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(fact for fact in ids if fact in fact_ids)

    def keep(passage: Passage) -> Passage:
        links = tuple(link for link in passage.leads_to if link.fact in fact_ids)
        return replace(passage, leads_to=links, same_as=known(passage.same_as), replaced_by=known(passage.replaced_by))

    return versioned(
        replace(
            catalogue,
            passages=tuple(keep(passage) for passage in catalogue.passages if passage.id in fact_ids),
            guides=tuple(
                replace(guide, steps=tuple(step for step in guide.steps if step.fact in fact_ids))
                for guide in catalogue.guides
            ),
            misconceptions=tuple(
                replace(m, corrects=known(m.corrects)) for m in catalogue.misconceptions if known(m.corrects)
            ),
            help=tuple(replace(contact, facts=known(contact.facts)) for contact in catalogue.help),
            triage=tuple(replace(rule, facts=known(rule.facts)) for rule in catalogue.triage),
        )
    )


def without(catalogue: Catalogue, fact_id: str) -> Catalogue:
    return only(catalogue, {passage.id for passage in catalogue.passages} - {fact_id})


def saying(catalogue: Catalogue, statement: str, *, of: str) -> Catalogue:
    """The catalogue with another statement of one fact."""
    passages = tuple(replace(p, statement=statement) if p.id == of else p for p in catalogue.passages)
    return versioned(replace(catalogue, passages=passages))


def versioned(catalogue: Catalogue) -> Catalogue:
    """The catalogue under a version of its own words: equal words, equal version."""
    words = _CATALOGUE.dump_json(replace(catalogue, version=""))
    return replace(catalogue, version=sha256(words).hexdigest()[:16])


def passage_of(catalogue: Catalogue, fact_id: str) -> Passage:
    return next(passage for passage in catalogue.passages if passage.id == fact_id)


def copy_corpus(corpus: Path, folder: Path) -> Path:
    """The files of the corpus, copied so that a test can edit them."""
    return shutil.copytree(corpus, folder, ignore=shutil.ignore_patterns("*.py", "__pycache__"))


def edit_statement(corpus: Path, fact_id: str, statement: str) -> None:
    """Change one fact's statement where its editors would: in its file."""
    for path in sorted(corpus.glob("guidance/*.yaml")):
        facts = yaml.load(path.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)
        if any(fact["id"] == fact_id for fact in facts):
            edited = [fact | {"statement": statement} if fact["id"] == fact_id else fact for fact in facts]
            path.write_text(yaml.safe_dump(edited, allow_unicode=True, sort_keys=False), encoding="utf-8")
            return
    raise LookupError(fact_id)


def _with_fewer_phrasings(passage: Passage, phrasings: int) -> Passage:
    return replace(passage, questions=passage.questions[:phrasings], also_asked=passage.also_asked[:phrasings])


# Places to keep an index --------------------------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class Bench:
    """One index under test: in `folder`, or on the Chroma server at `url` (`folder` then holds this machine's part)."""

    folder: Path
    models: Path
    url: str | None = None

    def place(self) -> Place:
        """A new reader's or writer's own view of where the index is."""
        if self.url is None:
            return FolderPlace(self.folder / "index")
        return ServerPlace(self.url, cache=self.folder / "server-cache")

    def workshop(self) -> Workshop:
        return Workshop(place=self.place(), models=self.models, lock=self.folder / "ingest.lock")

    def ingest(
        self,
        catalogue: Catalogue,
        *,
        spec: EmbeddingSpec = INT8,
        rebuild: bool = False,
        workshop: Workshop | None = None,
    ) -> IngestReport:
        """One run of the ingest, a minute after the one before."""
        now = datetime(2026, 11, 21, 9, tzinfo=UTC) + timedelta(minutes=next(_MINUTES))
        where = workshop or self.workshop()
        return ingest(catalogue, workshop=where, spec=spec, now=now, progress=lambda *_: None, rebuild=rebuild)

    def reader(self, *, spec: EmbeddingSpec = INT8) -> ChromaKnowledgeBase:
        """What answers questions; one thread, because tests share the machine."""
        return ChromaKnowledgeBase(self.place(), models=self.models, spec=spec, threads=1)

    def live_build(self) -> OpenBuild:
        place = self.place()
        build_id = place.current()
        assert build_id is not None
        return place.open(build_id)

    def as_argument(self) -> str:
        """What another process makes the same bench of."""
        return json.dumps({name: value and str(value) for name, value in asdict(self).items()})

    @classmethod
    def of_argument(cls, said: str) -> "Bench":
        parts: Mapping[str, Any] = json.loads(said)
        return cls(folder=Path(parts["folder"]), models=Path(parts["models"]), url=parts["url"])


def ask(knowledge: Knowledge, question: str) -> Likeness:
    """How alike a question is to what is known, in meaning and in words."""
    (likeness,) = knowledge.likeness([Query(meaning=question, words=question)])
    return likeness


def nearest(knowledge: Knowledge, question: str, *, n: int = 1) -> list[str]:
    """The ids of the `n` facts nearest to a question, nearest first."""
    dense = ask(knowledge, question).dense
    return sorted(dense, key=lambda fact_id: -dense[fact_id])[:n]


@dataclass(frozen=True)
class Text:
    """What a collection of Chroma holds under one id."""

    text: str
    vector: Sequence[float]


Contents = Mapping[str, Text]


def contents(build: OpenBuild, part: str) -> Contents:
    """Everything in one collection of a build ("vectors", "examples" or "records"), by id."""
    collection = build.client.get_collection(collection_name(build.build_id, part), embedding_function=None)
    found = collection.get(include=["documents", "embeddings"])
    held = zip(found["ids"], found["documents"] or [], found["embeddings"], strict=True)
    return {name: Text(text, vector) for name, text, vector in held}


def differences(one: Contents, other: Contents) -> set[str]:
    """The ids that only one has, or that have other texts, or vectors further apart than rounding takes them."""
    either = {*one, *other}
    return {name for name in either if name not in one or name not in other or not _same(one[name], other[name])}


def _same(one: Text, other: Text) -> bool:
    return one.text == other.text and bool(np.allclose(one.vector, other.vector, rtol=0, atol=1e-6))


def eventually(holds: Callable[[], bool], *, within: float) -> bool:
    """Whether something comes true within so many seconds."""
    until = time.monotonic() + within
    while not holds():
        if time.monotonic() > until:
            return False
        time.sleep(0.05)
    return True
