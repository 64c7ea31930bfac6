import re

FIELD = re.compile(r"\{([A-Za-z_][A-Za-z0-9_]*)\}")


def render(template: str, values: dict[str, object]) -> str:
    """The template with its fields filled in; raises KeyError(*names) for missing ones."""
    names = dict.fromkeys(FIELD.findall(template))
    missing = [name for name in names if values.get(name) is None]
    if missing:
        raise KeyError(*missing)
    return FIELD.sub(lambda field: str(values[field[1]]), template)
