"""One module per family of kinds: reading an answer of that kind, judging it, and naming the right one."""
