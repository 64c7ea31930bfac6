def chat(llm, tools, question, max_calls):
    messages = [{"role": "user", "content": question}]
    for _ in range(max_calls):
        reply = llm(messages)
        messages.append({"role": "assistant", "content": reply})
        if not reply["calls"]:
            return reply["text"], messages
        outcomes = []
        for call in reply["calls"]:
            outcomes.append({"id": call["id"], "result": tools[call["name"]](**call["input"])})
        messages.append({"role": "user", "content": outcomes})
    return None, messages
