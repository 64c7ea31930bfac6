def render(template: str, values: dict[str, object]) -> str:
    """The template with its fields filled in; raises KeyError(*names) for missing ones."""
    return template
