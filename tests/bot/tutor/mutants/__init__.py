"""How much the offline explainer explains, measured on our wrong solutions and on generated ones."""
