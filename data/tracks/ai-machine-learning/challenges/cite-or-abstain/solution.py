import re
from collections.abc import Callable

Hit = tuple[str, float, str]
ABSTAIN: dict[str, object] = {"text": None, "cited": []}


def answer(question: str, hits: list[Hit], llm: Callable[[str], str], threshold: float) -> dict[str, object]:
    """The model's reply with the ids it cites, or an abstention."""
    ranked = sorted(hits, key=lambda hit: -hit[1])
    kept = {id_: text for id_, score, text in ranked[:3] if score >= threshold}
    if not kept:
        return ABSTAIN
    lines = [f"[{id_}] {text}" for id_, text in kept.items()]
    reply = llm("\n".join([*lines, f"Question: {question}"]))
    cited = list(dict.fromkeys(re.findall(r"\[([a-z0-9-]+)\]", reply)))
    if not cited or not kept.keys() >= set(cited):
        return ABSTAIN
    return {"text": reply, "cited": cited}
