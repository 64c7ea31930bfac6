import re


def answer(question, hits, llm, threshold):
    kept = [h for h in sorted(hits, key=lambda h: h[1], reverse=True) if h[1] >= threshold][:3]
    if not kept:
        return {"text": None, "cited": []}
    lines = [f"[{id_}] {text}" for id_, _, text in kept]
    reply = llm("\n".join([*lines, f"Question: {question}"]))
    cited = list(dict.fromkeys(re.findall(r"\[([a-z0-9-]+)\]", reply)))
    known = {id_ for id_, _, _ in hits}
    if not cited or not known.issuperset(cited):
        return {"text": None, "cited": []}
    return {"text": reply, "cited": cited}
