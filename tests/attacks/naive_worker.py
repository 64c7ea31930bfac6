"""Serves calls as a careless host does, here to be fooled: one channel for all of them, and every frame is believed.

Run below a line `SOURCE, FORKS = …`: the code of a stranger, and whether each call gets a fork. Prints what this host
believes the answers to be.
"""

import json
import os
import socket
import struct
import sys

CALLS = (1, 2, 3)
PATIENCE_S = 0.4


def exactly(fd, size):
    data = b""
    while len(data) < size:
        part = os.read(fd, size - len(data))
        if not part:
            raise EOFError
        data += part
    return data


def receive(fd):
    return json.loads(exactly(fd, struct.unpack(">I", exactly(fd, 4))[0]))


def frame(value):
    data = json.dumps(value).encode()
    return struct.pack(">I", len(data)) + data


def encode(value):
    return {"ok": value}


def answer(call):
    value = call["f"](call["x"])
    sys.stdout.flush()
    os.write(3, frame(encode(value)))


def serve():
    scope = {"__name__": "submission"}
    exec(SOURCE, scope)  # noqa: F821, S102 - see above; running it is what a careless host does
    while True:
        call = {"f": scope["f"], "x": receive(3)}
        if not FORKS:  # noqa: F821 - see above
            answer(call)
        elif os.fork() == 0:
            answer(call)
            os._exit(0)
        else:
            os.wait()


def ask(channel):
    channel.settimeout(PATIENCE_S)
    channel.sendall(b"".join(map(frame, CALLS)))
    stream = channel.makefile("rb", buffering=0)
    answers = []
    try:
        for _ in CALLS:
            (size,) = struct.unpack(">I", stream.read(4))
            answers.append(json.loads(stream.read(size))["ok"])
    except (OSError, ValueError, KeyError, TypeError, struct.error) as error:
        answers += [type(error).__name__] * (len(CALLS) - len(answers))
    return answers


def main():
    ours, theirs = socket.socketpair()
    if os.fork() == 0:
        ours.close()
        os.dup2(theirs.fileno(), 3)
        os.closerange(4, 256)
        serve()
    theirs.close()
    print(json.dumps(ask(ours)), flush=True)  # noqa: T201 - this is what it is for


main()
