"""Time ETDRK4 steps of Parseval and of its peers in turn, in one run.

usage: compare_steps.py PATH/TO/parseval [--rounds R] [--only TEXT]

Every workload is the same on both sides: double precision, the 2/3 rule, two threads. A round times each
contender once; the printed ratio is the median over the rounds of peer time / Parseval time.
"""
import argparse
import json
import os
import statistics
import subprocess
import sys
import time
import warnings

# What the peers warn of is theirs.
warnings.filterwarnings("ignore")
os.environ.setdefault("OMP_NUM_THREADS", "2")
os.environ.setdefault("MKL_NUM_THREADS", "2")
# PyTorch at its best: large tensors are not handed back to the system at every operation.
TUNED = {
    "MALLOC_MMAP_THRESHOLD_": "8589934592",
    "MALLOC_TRIM_THRESHOLD_": "17179869184",
    "MALLOC_TOP_PAD_": "268435456",
}
if any(os.environ.get(key) != value for key, value in TUNED.items()):
    os.execve(sys.executable, [sys.executable] + sys.argv, {**os.environ, **TUNED})

import numpy as np  # noqa: E402


def phi_tables(z, h):
    """The ETDRK4 coefficients of a diagonal operator, by means over a circle around every point."""
    circle = z[..., None] + np.exp(2j * np.pi * (np.arange(32) + 0.5) / 32)
    e = np.exp(circle)
    mean = lambda values: h * values.mean(-1)
    real = lambda values: values.real if np.isrealobj(z) else values
    return [
        np.exp(z),
        np.exp(z / 2),
        real(mean((np.exp(circle / 2) - 1) / circle)),
        real(mean((-4 - circle + e * (4 - 3 * circle + circle**2)) / circle**3)),
        real(mean((2 + circle + e * (circle - 2)) / circle**3)),
        real(mean((-4 - 3 * circle - circle**2 + e * (4 - circle)) / circle**3)),
    ]


def etdrk4(u, nonlinear, tables):
    full, half, q, f1, f2, f3 = tables
    n1 = nonlinear(u)
    a = half * u + q * n1
    n2 = nonlinear(a)
    b = half * u + q * n2
    n3 = nonlinear(b)
    c = half * a + q * (2 * n3 - n1)
    n4 = nonlinear(c)
    return full * u + f1 * n1 + 2 * f2 * (n2 + n3) + f3 * n4


def torch_plane_flow(n, batch):
    """2-D vorticity on (0, 2π)², four transforms per right-hand side."""
    import torch

    torch.set_num_threads(2)
    kx = np.fft.fftfreq(n, 1 / n)[:, None]
    ky = np.arange(n // 2 + 1)[None, :]
    k2 = kx**2 + ky**2
    inverse = np.where(k2 == 0, 0, 1 / np.where(k2 == 0, 1, k2))
    keep = (abs(kx) < n / 3) & (ky < n / 3)
    tables = [torch.from_numpy(t) for t in phi_tables(-1e-2 * 1e-3 * k2, 1e-3)]
    to_u = torch.from_numpy(1j * ky * inverse + 0 * kx)
    to_v = torch.from_numpy(-1j * kx * inverse + 0 * ky)
    from_uv = torch.from_numpy((kx**2 - ky**2) * keep)
    from_squares = torch.from_numpy(kx * ky * keep)

    def nonlinear(w):
        u = torch.fft.irfft2(to_u * w, s=(n, n))
        v = torch.fft.irfft2(to_v * w, s=(n, n))
        return from_uv * torch.fft.rfft2(u * v) + from_squares * torch.fft.rfft2(v * v - u * u)

    x = np.arange(n) * 2 * np.pi / n
    w0 = np.sin(x[:, None]) * np.cos(2 * x) + np.cos(3 * x[:, None] + x)
    w0 = np.stack([w0 * (1 - 0.01 * i) for i in range(batch)])
    state = [torch.from_numpy(np.fft.rfft2(w0 if batch > 1 else w0[0]))]

    def step():
        state[0] = etdrk4(state[0], nonlinear, tables)

    return step


def exponax_stepper(make, shape_points, dimensions, steps, batch=1):
    import exponax
    import equinox
    import jax

    jax.config.update("jax_enable_x64", True)
    stepper = exponax.RepeatedStepper(make(exponax), steps)
    run = equinox.filter_jit(jax.vmap(stepper) if batch > 1 else stepper)
    x = np.arange(shape_points) * 2 * np.pi / shape_points
    field = np.sin(x[:, None]) * np.cos(2 * x) if dimensions == 2 else np.cos(x) * (1 + np.sin(x))
    initial = np.stack([field[None] * (1 - 0.01 * i) for i in range(batch)])
    initial = jax.numpy.asarray(initial if batch > 1 else initial[0])
    return lambda: jax.block_until_ready(run(initial)), steps


def peers(workload):
    """Functions that take some steps, and how many."""
    kind, n, batch = workload
    if kind == "plane-flow":
        found = {"torch": (torch_plane_flow(n, batch), 1)}
        if batch == 1:
            found["exponax"] = exponax_stepper(
                lambda ex: ex.stepper.NavierStokesVorticity(
                    2, 2 * np.pi, n, 1e-3, diffusivity=1e-2, order=4),
                n, 2, 5 if n < 1024 else 2)
        return found
    if kind == "burgers":
        return {"exponax": exponax_stepper(
            lambda ex: ex.stepper.Burgers(1, 1.0, n, 1e-4, diffusivity=0.01, order=4), n, 1, 50, batch)}
    return {"exponax": exponax_stepper(
        lambda ex: ex.stepper.KuramotoSivashinskyConservative(1, 60.0, n, 0.05, order=4), n, 1, 200)}


WORKLOADS = {
    "step/navier-stokes-2d/256/threads2": ("plane-flow", 256, 1),
    "step/navier-stokes-2d/512/threads2": ("plane-flow", 512, 1),
    "step/navier-stokes-2d/1024/threads2": ("plane-flow", 1024, 1),
    "batch/navier-stokes-2d/20x256": ("plane-flow", 256, 20),
    "batch/burgers/20x1024": ("burgers", 1024, 20),
    "step/kuramoto-sivashinsky/1024/threads1": ("kuramoto-sivashinsky", 1024, 1),
}


def seconds_per_step(step, steps, shortest=0.2):
    count, start = 0, time.perf_counter()
    while True:
        step()
        count += 1
        elapsed = time.perf_counter() - start
        if elapsed > shortest:
            return elapsed / count / steps


def parseval_seconds(program, name):
    query = name.rsplit("/threads", 1)[0]
    output = subprocess.run(
        [program, "bench", "--only", query, "--rounds", "3", "--format", "json"],
        check=True, capture_output=True, text=True).stdout
    return next(row["seconds"] for row in json.loads(output)["rows"] if row["name"] == name)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("program")
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--only", default="")
    arguments = parser.parse_args()
    for name, workload in WORKLOADS.items():
        if arguments.only not in name:
            continue
        contenders = peers(workload)
        for step, _ in contenders.values():
            step()
            step()
        times = {"parseval": [], **{peer: [] for peer in contenders}}
        for _ in range(arguments.rounds):
            # OpenMP threads of the peers spin for a while after their last loop.
            time.sleep(0.5)
            times["parseval"].append(parseval_seconds(arguments.program, name))
            for peer, (step, steps) in contenders.items():
                times[peer].append(seconds_per_step(step, steps))
        row = {"name": name, "seconds": {who: statistics.median(t) for who, t in times.items()}}
        row["ratio"] = {
            peer: round(statistics.median(
                theirs / ours for theirs, ours in zip(times[peer], times["parseval"])), 2)
            for peer in contenders}
        print(json.dumps(row), flush=True)


if __name__ == "__main__":
    main()
