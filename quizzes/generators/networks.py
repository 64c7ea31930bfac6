"""Families about the shape and size of networks: outputs, parameters, receptive fields, memory, starting weights."""

from __future__ import annotations

import random
from math import sqrt

from quizzes.generators.drawn import Drawn


def conv_output_size(rng: random.Random) -> Drawn:
    """Side of a convolution's output: (size + 2 padding - kernel) // stride + 1.

    Params: size (side of the square input), kernel (its side), stride (step), padding (on every side)
    Wrong: no_plus_one (the + 1 forgotten), one_padding (padding counted once), no_padding (padding forgotten)
    """
    size, kernel = rng.choice((24, 28, 30, 32, 40, 56, 64)), rng.choice((3, 5, 7))
    stride, padding = rng.choice((1, 2)), rng.randint(1, 3)
    side = (size + 2 * padding - kernel) // stride + 1
    wrong = {"no_plus_one": side - 1, "one_padding": (size + padding - kernel) // stride + 1}
    wrong |= {"no_padding": (size - kernel) // stride + 1}
    return Drawn({"size": size, "kernel": kernel, "stride": stride, "padding": padding}, side, wrong)


def conv_parameters(rng: random.Random) -> Drawn:
    """Parameters of a convolution with bias: (kernel * kernel * channels_in + 1) * channels_out.

    Params: channels_in (input channels), channels_out (filters), kernel (side of the square kernel)
    Wrong: no_bias (biases forgotten), one_channel (input channels forgotten), one_filter (filters forgotten)
    """
    channels_in, channels_out, k = rng.choice((2, 3, 4, 8, 16)), rng.choice((6, 8, 10, 16, 32)), rng.choice((3, 5))
    inside = k * k * channels_in
    wrong = {"no_bias": inside * channels_out, "one_channel": (k * k + 1) * channels_out, "one_filter": inside + 1}
    shown = {"channels_in": channels_in, "channels_out": channels_out, "kernel": k}
    return Drawn(shown, (inside + 1) * channels_out, wrong)


def dense_parameters(rng: random.Random) -> Drawn:
    """Parameters of two dense layers with biases: inputs * hidden + hidden + hidden * outputs + outputs.

    Params: inputs (features), hidden (hidden units), outputs (classes)
    Wrong: no_bias (weights alone), first_only (the first layer), units (hidden + outputs)
    """
    inputs, outputs = rng.choice((4, 10, 20, 64, 784)), rng.choice((2, 3, 5, 10))
    hidden = rng.choice((8, 16, 32, 64, 128))
    first, second = inputs * hidden, hidden * outputs
    wrong = {"no_bias": first + second, "first_only": first + hidden, "units": hidden + outputs}
    return Drawn({"inputs": inputs, "hidden": hidden, "outputs": outputs}, first + second + hidden + outputs, wrong)


def lstm_parameters(rng: random.Random) -> Drawn:
    """Parameters of an LSTM layer with one bias per gate unit: 4 * hidden * (inputs + hidden + 1).

    Params: inputs (input size), hidden (hidden size)
    Wrong: one_gate (a quarter), three_gates (as in a GRU), no_recurrent (hidden-to-hidden forgotten), no_bias
        (biases forgotten)
    """
    inputs, hidden = rng.choice((5, 8, 10, 16, 20, 32)), rng.choice((4, 8, 10, 16, 20, 32, 64))
    gate = hidden * (inputs + hidden + 1)
    wrong = {"one_gate": gate, "three_gates": 3 * gate, "no_recurrent": 4 * hidden * (inputs + 1)}
    return Drawn({"inputs": inputs, "hidden": hidden}, 4 * gate, wrong | {"no_bias": 4 * (gate - hidden)})


def receptive_field(rng: random.Random) -> Drawn:
    """Receptive field of stacked stride-1 convolutions: 1 + layers * (kernel - 1).

    Params: layers (how many), kernel (side of each kernel)
    Wrong: product (layers * kernel), one_layer (kernel), power (kernel to the power of layers)
    """
    layers, kernel = rng.randint(2, 6), rng.choice((3, 5, 7))
    wrong = {"product": layers * kernel, "one_layer": kernel, "power": kernel**layers}
    return Drawn({"layers": layers, "kernel": kernel}, 1 + layers * (kernel - 1), wrong)


def lora_parameters(rng: random.Random) -> Drawn:
    """Trainable parameters of a LoRA adapter on one matrix: rank * (inputs + outputs).

    Params: inputs (columns of the frozen matrix), outputs (its rows), rank (of the adapter)
    Wrong: full (the frozen matrix), one_matrix (rank * inputs), product (rank * inputs * outputs)
    """
    inputs, outputs = rng.choice((512, 768, 1024, 2048)), rng.choice((512, 1024, 2048, 4096))
    rank = rng.choice((2, 4, 8, 16))
    wrong = {"full": inputs * outputs, "one_matrix": rank * inputs, "product": rank * inputs * outputs}
    return Drawn({"inputs": inputs, "outputs": outputs, "rank": rank}, rank * (inputs + outputs), wrong)


def kv_cache_bytes(rng: random.Random) -> Drawn:
    """Memory of a key-value cache in MiB: 2 * layers * heads * head_dim * tokens * 2 bytes / 2**20.

    Params: layers (of the model), heads (key-value heads), head_dim (size of one head), tokens (in the
        context), at 2 bytes per number
    Wrong: keys_only (values forgotten), one_layer (layers forgotten), bits (8 times too much)
    """
    layers, heads, head_dim = rng.choice((8, 12, 16, 24, 32)), rng.choice((4, 8, 16)), rng.choice((64, 128))
    tokens = rng.choice((1024, 2048, 4096, 8192))
    mib = 4 * layers * heads * head_dim * tokens // 2**20
    wrong = {"keys_only": mib / 2, "one_layer": mib / layers, "bits": mib * 8}
    return Drawn({"layers": layers, "heads": heads, "head_dim": head_dim, "tokens": tokens}, mib, wrong)


def adam_memory(rng: random.Random) -> Drawn:
    """Memory of weights, gradients and Adam's two averages in GB of 10^9 bytes: 4 numbers of 4 bytes per weight.

    Params: billions (weights of the model, in thousands of millions)
    Wrong: weights (the weights alone), no_state (Adam's averages forgotten), one_average (one of them forgotten)
    """
    billions = rng.choice((1, 2, 3, 4, 6, 7, 8, 13))
    wrong = {"weights": 4 * billions, "no_state": 8 * billions, "one_average": 12 * billions}
    return Drawn({"billions": billions}, 16 * billions, wrong)


def sum_deviation(rng: random.Random) -> Drawn:
    """Standard deviation of a unit's sum of inputs (mean 0, sd 1) times independent weights: sd * sqrt(inputs).

    Params: inputs (how many), sd (standard deviation of the weights, whose mean is 0)
    Wrong: linear (sd * inputs), one (sd), variance (sd squared times inputs), mean (sd / sqrt(inputs))
    """
    root, sd = rng.choice((4, 5, 8, 10, 20, 30)), rng.choice((0.1, 0.2, 0.25, 0.5, 2))
    wrong = {"linear": sd * root * root, "one": float(sd), "variance": sd * sd * root * root, "mean": sd / root}
    return Drawn({"inputs": root * root, "sd": sd}, sd * sqrt(root * root), wrong)
