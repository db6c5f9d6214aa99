"""Time training steps and predictions of Fourier neural operators of Parseval and of its peers in turn, in one run.

usage: compare_networks.py PATH/TO/parseval [--rounds R] [--only TEXT]

Network, batch and optimizer are the same on all sides: four Fourier layers, projection to 128, coordinates appended,
GELU, relative L2 loss, Adam, floats, two threads. The peers are PyTorch with the operator as its first scripts have it,
and neuraloperator's FNO with its defaults (which have an MLP in every layer besides). Each peer runs in processes of
its own, once with a memory allocator that keeps large tensors and once as it is installed; a round times each
contender once. The printed ratio is the median over the rounds of peer time / Parseval time, the memory the largest
resident set after three training steps.
"""
import argparse
import itertools
import json
import os
import statistics
import subprocess
import sys
import time
import warnings

# PyTorch at its best: large tensors are not handed back to the system at every operation.
TUNED = {
    "MALLOC_MMAP_THRESHOLD_": "8589934592",
    "MALLOC_TRIM_THRESHOLD_": "17179869184",
    "MALLOC_TOP_PAD_": "268435456",
}
THREADS = {"OMP_NUM_THREADS": "2", "MKL_NUM_THREADS": "2"}

# As in Sources/ParsevalTool/Benchmarks/Networks: grid, batch, width, modes, channels of the data.
WORKLOADS = {
    "fno-1d-1024": ((1024,), 20, 64, (16,), 1),
    "fno-2d-64": ((64, 64), 16, 32, (12, 12), 1),
    "fno-3d-64x64x20": ((64, 64, 20), 2, 20, (8, 8, 6), 10),
}
PEERS = ["torch", "neuraloperator"]


def original_operator(grid, width, modes, channels):
    """The Fourier neural operator with library calls alone: complex weights for each corner of the spectrum."""
    import torch
    from torch import nn

    class Mixing(nn.Module):
        def __init__(self):
            super().__init__()
            both = [(slice(0, m), slice(-m, None)) for m in modes[:-1]]
            self.corners = [corner + (slice(0, modes[-1]),) for corner in itertools.product(*both)]
            self.weights = nn.ParameterList(
                torch.rand(width, width, *modes, dtype=torch.cfloat) / width**2 for _ in self.corners)

        def forward(self, v):
            axes = tuple(range(2, v.ndim))
            spectrum = torch.fft.rfftn(v, dim=axes)
            mixed = torch.zeros_like(spectrum)
            for corner, weight in zip(self.corners, self.weights):
                place = (slice(None), slice(None)) + corner
                mixed[place] = torch.einsum("bi...,io...->bo...", spectrum[place], weight)
            return torch.fft.irfftn(mixed, s=v.shape[2:], dim=axes)

    class Operator(nn.Module):
        def __init__(self):
            super().__init__()
            pointwise = (nn.Conv1d, nn.Conv2d, nn.Conv3d)[len(grid) - 1]
            lines = [torch.arange(n) / n for n in grid]
            self.register_buffer("coordinates", torch.stack(torch.meshgrid(*lines, indexing="ij"), -1)[None])
            self.lifting = nn.Linear(channels + len(grid), width)
            self.mixings = nn.ModuleList(Mixing() for _ in range(4))
            self.skips = nn.ModuleList(pointwise(width, width, 1) for _ in range(4))
            self.projection = nn.Sequential(nn.Linear(width, 128), nn.GELU(), nn.Linear(128, 1))

        def forward(self, x):
            coordinates = self.coordinates.expand(len(x), *self.coordinates.shape[1:])
            v = self.lifting(torch.cat([x, coordinates], -1)).movedim(-1, 1)
            for number, (mixing, skip) in enumerate(zip(self.mixings, self.skips)):
                v = mixing(v) + skip(v)
                if number < 3:
                    v = nn.functional.gelu(v)
            return self.projection(v.movedim(1, -1))

    return Operator()


def library_operator(grid, width, modes, channels):
    """The same of neuraloperator, which counts frequencies of both signs."""
    from neuralop.models import FNO

    counts = tuple(2 * m for m in modes[:-1]) + (2 * (modes[-1] - 1),)
    return FNO(
        n_modes=counts, in_channels=channels, out_channels=1, hidden_channels=width, n_layers=4,
        projection_channel_ratio=128 / width)


def peak_bytes():
    """The largest resident set of this process."""
    with open("/proc/self/status") as status:
        line = next(line for line in status if line.startswith("VmHWM"))
    return int(line.split()[1]) * 1024


def serve(peer, workload):
    """Times what standard input asks for, a word a line, until it ends."""
    warnings.filterwarnings("ignore")
    import torch

    torch.set_num_threads(2)
    torch.manual_seed(0)
    grid, batch, width, modes, channels = WORKLOADS[workload]
    make = {"torch": original_operator, "neuraloperator": library_operator}[peer]
    model = make(grid, width, modes, channels)
    channels_last = peer == "torch"
    shape = lambda count: (*grid, count) if channels_last else (count, *grid)
    x, target = torch.randn(batch, *shape(channels)), torch.randn(batch, *shape(1))
    one = x[:1].clone()
    optimizer = torch.optim.Adam(model.parameters(), lr=1e-4)

    def train():
        optimizer.zero_grad(set_to_none=True)
        error = (model(x) - target).flatten(1).norm(dim=1) / target.flatten(1).norm(dim=1)
        error.mean().backward()
        optimizer.step()

    def predict(inputs):
        with torch.no_grad():
            model(inputs)

    work = {"train": train, "batch": lambda: predict(x), "one": lambda: predict(one)}
    for _ in range(3):
        train()
    print(json.dumps({"peakBytes": peak_bytes()}), flush=True)
    for body in work.values():
        body()
    for line in sys.stdin:
        print(json.dumps({"seconds": seconds(work[line.strip()])}), flush=True)


def seconds(body, shortest=0.4):
    count, start = 0, time.perf_counter()
    while True:
        body()
        count += 1
        elapsed = time.perf_counter() - start
        if elapsed > shortest:
            return elapsed / count


class Contender:
    """A peer in a process of its own."""

    def __init__(self, peer, workload, environment):
        plain = {key: value for key, value in os.environ.items() if key not in TUNED}
        self.process = subprocess.Popen(
            [sys.executable, __file__, "--serve", peer, workload], env={**plain, **THREADS, **environment},
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.peak = json.loads(self.process.stdout.readline())["peakBytes"]

    def seconds(self, kind):
        self.process.stdin.write(kind + "\n")
        self.process.stdin.flush()
        return json.loads(self.process.stdout.readline())["seconds"]

    def close(self):
        self.process.stdin.close()
        self.process.wait()


def parseval_rows(program, workload, batch):
    output = subprocess.run(
        [program, "bench", "--only", f"network/{workload}", "--rounds", "5", "--format", "json"],
        check=True, capture_output=True, text=True).stdout
    rows = {row["name"]: row for row in json.loads(output)["rows"]}
    name = f"network/{workload}"
    return {
        "train": rows[f"{name}/train/threads2"],
        "batch": rows[f"{name}/inference/batch{batch}"],
        "one": rows[f"{name}/inference/batch1"],
    }


def compare(program, workload, rounds):
    batch = WORKLOADS[workload][1]
    contenders = {
        peer + suffix: Contender(peer, workload, environment)
        for peer in PEERS
        for suffix, environment in [("", TUNED), (" as installed", {})]
    }
    times = {kind: {name: [] for name in ["parseval", *contenders]} for kind in ["train", "batch", "one"]}
    for _ in range(rounds):
        # OpenMP threads of the peers spin for a while after their last loop.
        time.sleep(0.5)
        ours = parseval_rows(program, workload, batch)
        for kind, measured in times.items():
            measured["parseval"].append(ours[kind]["seconds"])
            for name, contender in contenders.items():
                measured[name].append(contender.seconds(kind))
    for kind, measured in times.items():
        row = {
            "name": f"network/{workload}/{kind}",
            "seconds": {who: float(f"{statistics.median(t):.4g}") for who, t in measured.items()},
            "ratio": {
                name: round(statistics.median(t / own for t, own in zip(measured[name], measured["parseval"])), 2)
                for name in contenders},
        }
        if kind == "train":
            row["peakBytes"] = {
                "parseval": ours["train"]["peakBytes"], **{name: c.peak for name, c in contenders.items()}}
        print(json.dumps(row), flush=True)
    for contender in contenders.values():
        contender.close()


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("program", nargs="?")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--only", default="")
    parser.add_argument("--serve", nargs=2, metavar=("PEER", "WORKLOAD"), help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.serve:
        return serve(*arguments.serve)
    if not arguments.program:
        parser.error("the path of parseval is missing")
    for workload in WORKLOADS:
        if arguments.only in f"network/{workload}":
            compare(arguments.program, workload, arguments.rounds)


if __name__ == "__main__":
    main()
