"""The on-sale simulation: `python -m bench.simulation` prints its page and writes bench/results/simulation.md and .json."""

from bench.simulation import experiments, report


def main() -> None:
    """Simulate all sales; takes some minutes."""
    results = experiments.carry_out()
    print(report.page(results))
    report.write(results, experiments.EXPERIMENTS)


if __name__ == "__main__":
    main()
