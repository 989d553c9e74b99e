"""The encoder inside LangChain."""

from langchain_core.vectorstores import InMemoryVectorStore

from knowledge.encoding.embedding import Encoder
from knowledge.encoding.langchain_embeddings import EncoderEmbeddings


def test_a_langchain_vector_store_finds_what_is_meant(encoder: Encoder) -> None:
    store = InMemoryVectorStore(EncoderEmbeddings(encoder))
    store.add_texts(["The ferry leaves at noon.", "The agency proposed a rule on custody."])

    (found,) = store.similarity_search("What did the regulator suggest?", k=1)

    assert found.page_content == "The agency proposed a rule on custody."
