import re


def answer(question, hits, llm, threshold):
    kept = [h for h in sorted(hits, key=lambda h: h[1], reverse=True) if h[1] >= threshold][:3]
    if not kept:
        return {"text": None, "cited": []}
    lines = [f"[{id_}] {text}" for id_, _, text in kept]
    reply = llm("\n".join([*lines, f"Question: {question}"]))
    cited = list(dict.fromkeys(re.findall(r"\[([a-z0-9-]+)\]", reply)))
    ids = {id_ for id_, _, _ in kept}
    if any(c not in ids for c in cited):
        return {"text": None, "cited": []}
    return {"text": reply, "cited": cited}
