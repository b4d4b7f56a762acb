"""Thin LlamaIndex adapters around our records: embedding, node parser, retriever, post-processor, synthesizer.

The only importer of llama_index. Nothing here resolves a model by default: the embedding is ours and the
language model of LlamaIndex's own steps is a MockLLM passed explicitly, so no hosted service can be called by accident.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from llama_index.core.base.base_retriever import BaseRetriever
from llama_index.core.base.embeddings.base import BaseEmbedding
from llama_index.core.base.response.schema import Response
from llama_index.core.indices.prompt_helper import ChatPromptHelper, PromptHelper
from llama_index.core.llms.mock import MockLLM
from llama_index.core.node_parser.interface import NodeParser
from llama_index.core.postprocessor.types import BaseNodePostprocessor
from llama_index.core.prompts.mixin import PromptDictType
from llama_index.core.query_engine import RetrieverQueryEngine
from llama_index.core.response_synthesizers.base import BaseSynthesizer
from llama_index.core.schema import BaseNode, NodeWithScore, QueryBundle, QueryType, TextNode

from . import chunking, composition, documents
from .composition import Composer, Part
from .records import Passage, Question
from .retrieval import Found, Retriever
from .understanding import Understood

if TYPE_CHECKING:
    from .pipeline import Assistant


@dataclass
class Asked(QueryBundle):
    """A query bundle that carries the question with all its fields, and what was understood.

    `growing`: the response brings the answers as they grow, rather than the last one; a language model has `until` for them.
    """

    question: Question | None = None
    understood: Understood | None = None
    vector: Any = None
    growing: bool = False
    until: float = 0.0

    @classmethod
    def of(cls, question: Question, understood: Understood) -> Asked:
        """From a checked question."""
        return cls(query_str=understood.text or question.text, question=question, understood=understood)


class Embedding(BaseEmbedding):
    """Our embedder as LlamaIndex sees it."""

    _embedder: Any = None

    def __init__(self, embedder: Any, **options: Any) -> None:
        super().__init__(model_name=embedder.name, **options)
        self._embedder = embedder

    def _get_query_embedding(self, query: str) -> list[float]:
        return list(map(float, self._embedder.embed([query], query=True)[0]))

    def _get_text_embedding(self, text: str) -> list[float]:
        return list(map(float, self._embedder.embed([text])[0]))

    def _get_text_embeddings(self, texts: list[str]) -> list[list[float]]:
        return [list(map(float, row)) for row in self._embedder.embed(texts)]

    async def _aget_query_embedding(self, query: str) -> list[float]:
        return self._get_query_embedding(query)


class PassageParser(NodeParser):
    """LlamaIndex documents → one node per passage of ours, with exact offsets."""

    def _parse_nodes(self, nodes: Sequence[BaseNode], show_progress: bool = False, **_: Any) -> list[BaseNode]:
        made: list[BaseNode] = []
        for node in nodes:
            shown = documents.Shown(node.get_content(), "plain", str(node.metadata.get("title", "")))
            document = documents.build(shown, node.node_id, node.node_id, shown.text.encode("utf-8", "replace"))
            made.extend(_node(p) for p in chunking.passages(document))
        return made


# What retrieval and reading say of a section travels with its node.
SCORES = ("dense", "heading", "lexical", "phrased", "missed", "relevance", "odds", "sure")


def _node(passage: Passage, **scores: Any) -> TextNode:
    return TextNode(
        id_=passage.id,
        text=passage.text,
        start_char_idx=passage.start,
        end_char_idx=passage.end,
        metadata={
            "document": passage.document,
            "section": passage.section,
            "context": passage.context,
            "scores": scores,
        },
    )


class SectionRetriever(BaseRetriever):
    """Our retrieval: region, date and language of the question decide what may be found."""

    def __init__(self, assistant: Assistant) -> None:
        super().__init__()
        self._assistant = assistant

    def _retrieve(self, query_bundle: QueryBundle) -> list[NodeWithScore]:
        asked = _asked(query_bundle, self._assistant)
        assert asked.question is not None
        assert asked.understood is not None
        found, asked.vector = self._assistant.find(asked.question, asked.understood)
        return [
            NodeWithScore(node=_node(f.passage, **{name: getattr(f, name) for name in SCORES}), score=f.score) for f in found
        ]


class OneVersion(BaseNodePostprocessor):
    """Of the versions of one rule of one authority, only the best ranked stays, unless the question compares them."""

    _assistant: Any = None

    def __init__(self, assistant: Assistant) -> None:
        super().__init__()
        self._assistant = assistant

    @classmethod
    def class_name(cls) -> str:
        """The name under which LlamaIndex knows it."""
        return "OneVersion"

    def _postprocess_nodes(
        self, nodes: list[NodeWithScore], query_bundle: QueryBundle | None = None
    ) -> list[NodeWithScore]:
        understood = getattr(query_bundle, "understood", None)
        if understood is not None and (understood.change or understood.past):
            return nodes
        index = self._assistant.retriever().index
        seen: set[tuple[str, str]] = set()
        kept = []
        for node in nodes:
            document = node.node.metadata.get("document", "")
            section = index.sections.get((document, node.node.metadata.get("section", "")))
            if section is not None and section.rule and (section.valid_from or section.valid_to):
                if (document, section.rule) in seen and section.kind == "rule":
                    continue
                seen.add((document, section.rule))
            kept.append(node)
        return kept


class Synthesizer(BaseSynthesizer):
    """Composes the cited answer from the found passages.

    `synthesize` itself is overridden: the hook below it is handed bare strings and loses the passages.
    """

    def __init__(self, assistant: Assistant) -> None:
        # Left to themselves, the helpers load the vocabulary of a hosted model (half a second) to count what we never send.
        super().__init__(
            llm=MockLLM(),
            prompt_helper=PromptHelper(tokenizer=str.split),
            chat_prompt_helper=ChatPromptHelper(tokenizer=str.split),
        )
        self._assistant = assistant

    def _get_prompts(self) -> PromptDictType:
        return {}

    def _update_prompts(self, prompts: PromptDictType) -> None:
        return None

    def get_response(self, query_str: str, text_chunks: Sequence[str], **_: Any) -> str:
        """Not used: see the class."""
        raise NotImplementedError("compose needs passages, not strings; call synthesize")

    async def aget_response(self, query_str: str, text_chunks: Sequence[str], **_: Any) -> str:
        """Not used: see the class."""
        raise NotImplementedError("compose needs passages, not strings; call synthesize")

    def synthesize(
        self,
        query: QueryType,
        nodes: list[NodeWithScore],
        additional_source_nodes: Sequence[NodeWithScore] | None = None,
        **_: Any,
    ) -> Response:
        """A Response with the answer's text, its passages, and the `Answer` under `metadata["answer"]`.

        For a `growing` query, `metadata["answers"]` iterates over the answer as it grows, and the text is selection's.
        """
        asked = _asked(query, self._assistant)
        assert asked.question is not None
        assert asked.understood is not None
        composer = self._assistant.composer(asked.understood.today)
        parts = [self._part(composer, asked, nodes)]
        several = [Asked.of(*one) for one in self._assistant.questions(asked.question, asked.understood)]
        if several:
            each = [self._part(composer, one, self._assistant.engine.retrieve(one)) for one in several]
            parts = composition.together(parts[0], each)
        answer = composer.compose(asked.question, asked.understood, parts)
        answers = self._assistant.written(asked.question, asked.understood, answer, asked.until)
        if asked.growing:
            return Response(response=answer.answer, source_nodes=list(nodes), metadata={"answers": answers})
        answer = list(answers)[-1]
        return Response(response=answer.answer, source_nodes=list(nodes), metadata={"answer": answer})

    def _part(self, composer: Composer, asked: Asked, nodes: Sequence[NodeWithScore]) -> Part:
        assert asked.question is not None
        assert asked.understood is not None
        found = [f for n in nodes if (f := _found(n, composer.retriever, asked.understood.language)) is not None]
        vector = self._assistant.vector(asked.understood) if asked.vector is None else asked.vector
        return composer.part(asked.question, asked.understood, found, np.asarray(vector))

    async def asynthesize(
        self,
        query: QueryType,
        nodes: list[NodeWithScore],
        additional_source_nodes: Sequence[NodeWithScore] | None = None,
        **_: Any,
    ) -> Response:
        """See `synthesize`."""
        return self.synthesize(query, nodes, additional_source_nodes)


def _asked(query: QueryType, assistant: Assistant) -> Asked:
    if isinstance(query, Asked) and query.question is not None:
        return query
    text = query if isinstance(query, str) else query.query_str
    return Asked.of(*assistant.understand(Question(text)))


def _found(node: NodeWithScore, retriever: Retriever, language: str) -> Found | None:
    """Our record behind a node, by its passage id: any retriever may have found it."""
    row = retriever.index.by_id.get(node.node.node_id)
    if row is None:
        return None
    group = retriever.group(row)
    document, section, _ = retriever.version(group, language)
    return Found(
        group=group,
        document=document,
        section=section,
        passage=retriever.index.passages[row],
        score=float(node.score or 0.0),
        **{"dense": 0.0, "heading": 0.0, "lexical": 0.0, **node.node.metadata.get("scores", {})},
    )


def build(assistant: Assistant) -> RetrieverQueryEngine:
    """The query engine: our retriever, post-processor and synthesizer."""
    return RetrieverQueryEngine(
        retriever=SectionRetriever(assistant),
        response_synthesizer=Synthesizer(assistant),
        node_postprocessors=[OneVersion(assistant)],
    )
