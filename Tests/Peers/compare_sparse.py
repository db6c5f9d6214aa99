"""Time sparse solvers of Parseval and of its peers in turn, in one run.

usage: compare_sparse.py PATH/TO/parseval [--rounds R] [--only TEXT]

Matrix, right-hand side and tolerance are the same on both sides: a relative residual of 1e-8, the true one, set-up
included where a method has one. One BLAS thread each; transforms of SciPy and all of Parseval's work on two threads
(the rows of Parseval on one thread are measured beside). What SciPy and PyAMG do in one thread only stays there. A
round times each contender once; the printed ratio is the median over the rounds of peer time / Parseval time.
"""
import argparse
import json
import os
import statistics
import subprocess
import time
import warnings

# What the peers warn of is theirs.
warnings.filterwarnings("ignore")
for variable in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[variable] = "1"

import numpy as np  # noqa: E402
import scipy.sparse as sparse  # noqa: E402
import scipy.sparse.linalg as linalg  # noqa: E402

TOLERANCE = 1e-8


def compact(matrix):
    """Sorted rows with 32-bit indices, the form that SciPy and PyAMG are fastest with."""
    matrix = matrix.tocsr()
    matrix.sort_indices()
    matrix.indices = matrix.indices.astype(np.int32)
    matrix.indptr = matrix.indptr.astype(np.int32)
    return matrix


def five_point_matrix(n):
    line = sparse.diags([-1.0, 2.0, -1.0], [-1, 0, 1], shape=(n, n))
    identity = sparse.identity(n)
    return compact(sparse.kron(line, identity) + sparse.kron(identity, line))


def numbers(count):
    """SplitMix64 of the positions, between -1 and 1."""
    z = np.arange(1, count + 1, dtype=np.uint64) * np.uint64(0x9E3779B97F4A7C15)
    z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return ((z ^ (z >> np.uint64(31))) >> np.uint64(11)).astype(float) * 2.0**-52 - 1


class Solve:
    """A solve of a system from nothing, to the tolerance in the true residual."""

    def __init__(self, matrix, b, method):
        self.matrix, self.b, self.method, self.tolerance = matrix, b, method, TOLERANCE
        # Some stop by another norm than that of the residual: they get a tolerance that reaches it.
        while self.run() and self.residual > TOLERANCE:
            self.tolerance *= 0.5 * TOLERANCE / self.residual

    def run(self):
        self.solution, self.iterations = self.method(self.tolerance)
        return True

    @property
    def residual(self):
        return np.linalg.norm(self.b - self.matrix @ self.solution) / np.linalg.norm(self.b)

    def seconds(self):
        start = time.perf_counter()
        self.run()
        return time.perf_counter() - start

    @property
    def remark(self):
        return {"iterations": self.iterations, "residual": float(f"{self.residual:.2e}")}


class Repeat:
    """Something short, repeated."""

    remark = {}

    def __init__(self, body):
        self.body = body

    def seconds(self, shortest=0.2):
        count, start = 0, time.perf_counter()
        while True:
            self.body()
            count += 1
            elapsed = time.perf_counter() - start
            if elapsed > shortest:
                return elapsed / count


def conjugate_gradients(matrix, b, preconditioner=None):
    def solve(tolerance):
        iterations = []
        solution, _ = linalg.cg(
            matrix, b, rtol=tolerance, M=preconditioner, callback=lambda _: iterations.append(1))
        return solution, len(iterations)

    return Solve(matrix, b, solve)


def multigrid(make, matrix, b):
    def solve(tolerance):
        residuals = []
        solution = make(matrix).solve(b, tol=tolerance, accel="cg", residuals=residuals)
        return solution, len(residuals) - 1

    return Solve(matrix, b, solve)


def scipy_product(n):
    matrix, x = five_point_matrix(n), np.ones(n * n)
    return {"scipy": Repeat(lambda: matrix @ x)}


def scipy_cg(n):
    return {"scipy": conjugate_gradients(five_point_matrix(n), numbers(n * n))}


def pyamg_solvers(n):
    import pyamg

    matrix, b = five_point_matrix(n), numbers(n * n)
    return {
        "pyamg Ruge-Stüben": multigrid(pyamg.ruge_stuben_solver, matrix, b),
        "pyamg smoothed aggregation": multigrid(pyamg.smoothed_aggregation_solver, matrix, b),
    }


def graph_laplacian(fluid):
    """Every neighbour inside counts 1: the seven-point Laplacian with walls."""
    count = int(fluid.sum())
    number = np.full(fluid.shape, -1)
    number[fluid] = np.arange(count)
    rows, columns, degree = [], [], np.zeros(count)
    for axis in range(fluid.ndim):
        lines = np.moveaxis(number, axis, 0)
        first, second = lines[:-1].ravel(), lines[1:].ravel()
        both = (first >= 0) & (second >= 0)
        first, second = first[both], second[both]
        rows += [first, second]
        columns += [second, first]
        degree += np.bincount(first, minlength=count) + np.bincount(second, minlength=count)
    values = np.concatenate([np.full(sum(map(len, rows)), -1.0), degree])
    places = (np.concatenate(rows + [np.arange(count)]), np.concatenate(columns + [np.arange(count)]))
    return compact(sparse.csr_matrix((values, places), shape=(count, count)))


def scipy_transform_cg(n):
    """A cube with a ball left out; cosine transforms in place, by two workers."""
    from scipy.fft import dctn, idctn

    centre = (np.arange(n) + 0.5) / n
    x, y, z = np.meshgrid(centre, centre, centre, indexing="ij")
    square = (x - 0.5) ** 2 + (y - 0.5) ** 2
    fluid = square + (z - 0.4) ** 2 >= 0.04
    blob = lambda height: np.exp(-(square + (z - height) ** 2) / 0.005)
    b = (blob(0.15) - blob(0.25))[fluid]
    b -= b.mean()
    matrix = graph_laplacian(fluid)
    line = 2 - 2 * np.cos(np.pi * np.arange(n) / n)
    eigenvalues = line[:, None, None] + line[None, :, None] + line[None, None, :]
    eigenvalues[0, 0, 0] = np.inf

    def precondition(residual):
        box = np.zeros(fluid.shape)
        box[fluid] = residual
        box = dctn(box, type=2, workers=2, overwrite_x=True)
        box /= eigenvalues
        correction = idctn(box, type=2, workers=2, overwrite_x=True)[fluid]
        correction -= correction.mean()
        return correction

    preconditioner = linalg.LinearOperator(matrix.shape, matvec=precondition)
    return {"scipy": conjugate_gradients(matrix, b, preconditioner)}


# What is asked of `parseval bench --only`, and the peers that do the same.
WORKLOADS = [
    (["sparse/product/1024"], lambda: scipy_product(1024)),
    (["sparse/product/2048"], lambda: scipy_product(2048)),
    (["sparse/cg/512"], lambda: scipy_cg(512)),
    (["sparse/amg/1024", "sparse/multigrid/1024"], lambda: pyamg_solvers(1024)),
    (["sparse/transform-cg/128"], lambda: scipy_transform_cg(128)),
]


def parseval_seconds(program, query):
    output = subprocess.run(
        [program, "bench", "--only", query, "--rounds", "3", "--format", "json"],
        check=True, capture_output=True, text=True).stdout
    return {row["name"]: row["seconds"] for row in json.loads(output)["rows"]}


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("program")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--only", default="")
    arguments = parser.parse_args()
    for queries, make in WORKLOADS:
        queries = [query for query in queries if arguments.only in query]
        if not queries:
            continue
        peers = make()
        ours, theirs = {}, {peer: [] for peer in peers}
        for _ in range(arguments.rounds):
            for query in queries:
                for name, seconds in parseval_seconds(arguments.program, query).items():
                    ours.setdefault(name, []).append(seconds)
            for peer, contender in peers.items():
                theirs[peer].append(contender.seconds())
        for name, times in ours.items():
            row = {
                "name": name,
                "seconds": {
                    "parseval": statistics.median(times),
                    **{peer: statistics.median(t) for peer, t in theirs.items()},
                },
                "ratio": {
                    peer: round(statistics.median(t / own for t, own in zip(theirs[peer], times)), 2)
                    for peer in peers},
                "peers": {peer: contender.remark for peer, contender in peers.items() if contender.remark},
            }
            print(json.dumps(row, ensure_ascii=False), flush=True)


if __name__ == "__main__":
    main()
