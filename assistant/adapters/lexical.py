"""The lexical half of the search: BM25 over stemmed words, by the bm25s library."""

import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import bm25s
import numpy as np
import Stemmer
from bm25s.stopwords import STOPWORDS_EN

from assistant.model import Guide, Passage

_STOPWORDS = "en"
_STOPWORDS_SET = frozenset(STOPWORDS_EN)
_WORD = re.compile(r"\b\w\w+\b")
_NEAREST = 120  # texts returned for a query; what lies beyond never reached an answer


class LexicalIndex:
    """BM25 over named texts; scores do not depend on their order."""

    def __init__(self, model: Any, names: Sequence[str]) -> None:
        self._model = model
        self._names = tuple(names)

    @classmethod
    def build(cls, texts: Mapping[str, str]) -> "LexicalIndex":
        """Index `texts` in memory."""
        stemmer = Stemmer.Stemmer("english")
        tokens = bm25s.tokenize(list(texts.values()), stopwords=_STOPWORDS, stemmer=stemmer, show_progress=False)
        model = bm25s.BM25()
        model.index(tokens, show_progress=False)
        return cls(model, list(texts))

    @classmethod
    def open(cls, folder: Path, names: Sequence[str]) -> "LexicalIndex":
        """The index saved in `folder`, whose texts had these names in this order."""
        return cls(bm25s.BM25.load(str(folder)), names)

    def save(self, folder: Path) -> None:
        self._model.save(str(folder), show_progress=False)

    def scores(self, query: str) -> Mapping[str, float]:
        """Scores of the texts most like `query` in words, divided by the best (so above 0, to 1)."""
        known = [word for word in query_stems(query) if word in self._model.vocab_dict]
        if not known:
            return {}
        scores = self._model.get_scores(known)
        best = float(scores.max())
        if best <= 0:
            return {}
        nearest = np.argpartition(scores, -_NEAREST)[-_NEAREST:] if len(scores) > _NEAREST else np.arange(len(scores))
        shares = (scores[nearest] / best).tolist()
        return {self._names[i]: share for i, share in zip(nearest.tolist(), shares, strict=True) if share > 0}


def query_stems(query: str) -> Sequence[str]:
    """The stems that `bm25s.tokenize` finds in one text; it makes three progress bars for it, which takes longer."""
    words = (word for word in _WORD.findall(query.lower()) if word not in _STOPWORDS_SET)
    stems: Sequence[str] = Stemmer.Stemmer("english").stemWords(list(words))
    return stems


def passage_texts(passages: Sequence[Passage]) -> Mapping[str, str]:
    """The words each passage is found by: its statement, its keywords and the ways people ask for it."""
    return {p.id: " ".join([p.statement, *p.keywords, *p.questions, *p.also_asked]) for p in passages}


def guide_texts(guides: Sequence[Guide]) -> Mapping[str, str]:
    """The words each guide is found by."""
    return {guide.id: " ".join([guide.title, *guide.matches]) for guide in guides}
