import re


def render(template, values):
    def fill(field):
        value = values.get(field[1])
        return "" if value is None else str(value)

    return re.sub(r"\{([A-Za-z_][A-Za-z0-9_]*)\}", fill, template)
