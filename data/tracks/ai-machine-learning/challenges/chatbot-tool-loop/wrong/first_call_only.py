def run(call, tools):
    if call["name"] not in tools:
        return {"id": call["id"], "error": f"no such tool: {call['name']}"}
    try:
        return {"id": call["id"], "result": tools[call["name"]](**call["input"])}
    except Exception as fault:
        return {"id": call["id"], "error": str(fault)}


def chat(llm, tools, question, max_calls):
    messages = [{"role": "user", "content": question}]
    for _ in range(max_calls):
        reply = llm(messages)
        messages.append({"role": "assistant", "content": reply})
        if not reply["calls"]:
            return reply["text"], messages
        messages.append({"role": "user", "content": [run(reply["calls"][0], tools)]})
    return None, messages
