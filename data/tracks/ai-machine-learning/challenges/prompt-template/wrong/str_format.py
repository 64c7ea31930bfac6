def render(template, values):
    given = {name: value for name, value in values.items() if value is not None}
    return template.format(**given)
