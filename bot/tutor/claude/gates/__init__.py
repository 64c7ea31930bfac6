"""What a text of Claude's must pass before a learner sees it: form, grounding, and that it gives no solution away."""
