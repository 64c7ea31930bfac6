"""How a proven place is put into words: what stands there, and one question that leads on. The fix itself is never said.

Pure.
"""

from __future__ import annotations

from bot.tutor.evidence import Place

THINGS = {
    "comparison": ("the comparison", "What should happen when both sides are equal, and what on either side of that?"),
    "and/or": ("the way the conditions are joined", "Which combinations of true and false should count?"),
    "operator": (
        "the operation",
        "Put the numbers of a small case into it by hand: is it what the statement does with them?",
    ),
    "value": ("the value", "Where does it come from in the statement? Work out what it should be on a small case."),
    "name": ("the choice of a name", "Which of your variables holds what is needed here? Print both on a small case."),
    "function": ("the function called", "What exactly does it compute, and is that what the statement asks for?"),
    "call": ("the call", "Hold what it is given against what the function wants, one by one."),
    "argument": ("what the call is given", "Hold it against what the function wants, one by one."),
    "option missing": (
        "what a call leaves to its default",
        "Look up that function: which default differs from what the statement asks for?",
    ),
    "option": ("an option of a call", "Look up what this option does, and read once more what the statement asks for."),
    "condition": ("the condition", "For which inputs is it true, and for which should it be? Try one of each by hand."),
    "loop": (
        "what the loop goes over",
        "Write down the values it takes on a small case, the first and the last above all.",
    ),
    "index": ("where this starts and ends", "Write the positions it takes under a small example."),
    "result": ("what is returned", "Hold it against what the statement says to return, part by part."),
    "step too many": (
        "a step that does too much",
        "What would be different if this step did not happen? Print before and after it.",
    ),
    "value dropped": (
        "what becomes of this value",
        "A value that no line keeps or gives back is lost: where should this one go?",
    ),
    "statement": (
        "this step",
        "Say in your own words what it does, then find the sentence of the statement it stands for.",
    ),
    "expression": ("this step", "Work its value out by hand on a small case, then print it."),
}
MISSING = "Which sentence of the statement does no line of yours carry out?"


def place_said(place: Place) -> tuple[str, str]:
    """What is said of a place, and the next step."""
    if place.others:
        lines = _listed((place.line, *place.others))
        what = f"Lines {lines} belong together here: with only these changed, every case passes. Start with line {place.line}."
        return what, MISSING if place.kind == "step missing" else THINGS[place.kind][1]
    if place.kind == "step missing":
        return (
            f"Around line {place.line} a step is missing: with one added there and all else as you have it, every case passes.",
            MISSING,
        )
    thing, question = THINGS[place.kind]
    return (
        f"Line {place.line}: {thing} decides it. With only that changed, and all else as you have it, every case passes.",
        question,
    )


def _listed(lines: tuple[int, ...]) -> str:
    *first, last = sorted(lines)
    return f"{', '.join(map(str, first))} and {last}"
