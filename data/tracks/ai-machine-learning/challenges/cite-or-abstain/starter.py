from collections.abc import Callable

Hit = tuple[str, float, str]


def answer(question: str, hits: list[Hit], llm: Callable[[str], str], threshold: float) -> dict[str, object]:
    """The model's reply with the ids it cites, or an abstention."""
    return {"text": llm(f"Question: {question}"), "cited": []}
