"""The table of ./dev bench peers --write: docs/performance.md between its two marks."""
import datetime
import math
import platform
from pathlib import Path

from tools.dev.steps import ROOT, Failed

PAGE = ROOT / "docs/performance.md"
BEGIN, END = "<!-- peers: made by ./dev bench peers --write -->", "<!-- peers: end -->"


def number(value):
    """A figure with three or four digits that mean something; a dash where nothing was measured."""
    if math.isnan(value):
        return "–"
    return f"{value:.0f}" if value >= 100 else f"{value:.1f}" if value >= 10 else f"{value:.2f}"


def table(results, names):
    """Markdown rows: the case, its unit, each engine's median and the first engine's share of the others'."""
    subject, peers = names[0], names[1:]
    head = ["case", "unit", *names, *(f"{subject} / {peer}" for peer in peers)]
    lines = ["| " + " | ".join(head) + " |", "|---|---|" + "---:|" * (len(head) - 2)]
    for case, row in results.items():
        medians = row["median"]
        ratios = [number(medians[subject] / medians[peer]) for peer in peers]
        unit = row["unit"] + (" (more is better)" if row["more_is_better"] else "")
        lines.append("| " + " | ".join([f"`{case}`", unit, *(number(medians[name]) for name in names), *ratios]) + " |")
    return lines


def machine():
    """What the figures were measured on."""
    text = Path("/proc/cpuinfo").read_text()
    cores = text.count("processor\t")
    models = [line.split(":", 1)[1].strip() for line in text.splitlines() if line.startswith("model name")]
    return f"{cores} cores ({models[0] if models else platform.machine()}), Linux {platform.release().split('-')[0]}"


def write(results, versions, rounds, load):
    """Puts the table of RESULTS into the page; VERSIONS gives each engine's name and version, the subject first."""
    text = PAGE.read_text()
    if BEGIN not in text or END not in text:
        raise Failed(f"{PAGE.relative_to(ROOT)} has no place for the table: {BEGIN}")
    before, _, rest = text.partition(BEGIN)
    after = rest.partition(END)[2]
    engines = ", ".join(f"`{name}` is {version}" for name, version in versions.items())
    words = [f"Medians of {rounds} rounds on {datetime.date.today()}: {machine()}, load {load:.1f} at the beginning. {engines}.", ""]
    PAGE.write_text("\n".join([before + BEGIN, *words, *table(results, list(versions)), END]) + after)
