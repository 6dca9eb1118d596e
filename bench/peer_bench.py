"""Runs cases on several daemons in turn, round by round, so that a drift of the machine hits all alike."""
import json
import math
import statistics

from bench.cases import CASES


def measure(case, daemons, rounds):
    """({daemon: figures}, {daemon: error}); the first round warms up and is not counted."""
    figures, errors = {daemon.name: [] for daemon in daemons}, {}
    for number in range(rounds + 1):
        for daemon in daemons:
            if daemon.name in errors:
                continue
            try:
                figure = case.run(daemon)
            except Exception as error:  # a daemon that cannot do a case keeps its row
                errors[daemon.name] = str(error)
                continue
            if number:
                figures[daemon.name].append(figure)
    return figures, errors


def median(figures):
    """The median, or NaN where nothing was measured."""
    return statistics.median(figures) if figures else math.nan


def row(cells):
    """One line of the table."""
    return "".join(f"{cell:>18}" for cell in cells)


def compare(daemons, names, rounds, path):
    """Measures, prints the table (first daemon against the others) and writes all figures to PATH."""
    subject, results = daemons[0], {}
    print(row(["case", "unit", *(daemon.name for daemon in daemons),
               *(f"{subject.name}/{peer.name}" for peer in daemons[1:])]), flush=True)
    for name in names:
        case = CASES[name]
        figures, errors = measure(case, daemons, rounds)
        medians = {key: median(values) for key, values in figures.items()}
        ratios = [medians[subject.name] / medians[peer.name] for peer in daemons[1:]]
        print(row([name, case.unit, *(f"{value:.1f}" for value in medians.values()), *(f"{r:.3f}" for r in ratios)]),
              flush=True)
        for key, text in errors.items():
            print(f"    {key}: {text[:200]}", flush=True)
        results[name] = {"unit": case.unit, "more_is_better": case.more, "median": medians, "rounds": figures,
                         "errors": errors}
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(results, indent=1) + "\n")
    return results
