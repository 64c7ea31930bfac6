import re


def render(template, values):
    names = dict.fromkeys(re.findall(r"\{([A-Za-z_][A-Za-z0-9_]*)\}", template))
    missing = [name for name in names if values.get(name) is None]
    if missing:
        raise KeyError(*missing)
    for name, value in values.items():
        template = template.replace("{" + name + "}", str(value))
    return template
