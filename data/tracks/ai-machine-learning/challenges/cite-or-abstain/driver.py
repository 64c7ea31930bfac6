"""Plays the model: gives a fixed reply, and keeps every prompt it was sent."""


def drive(learner, question, hits, reply, threshold):
    prompts = []

    def llm(prompt):
        prompts.append(prompt)
        return reply

    return {"result": learner.answer(question, hits, llm, threshold), "prompts": prompts}
