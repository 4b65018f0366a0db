"""`python -m bench`: three measurements, each with what it is held against beside it."""

import sys
import tempfile
from pathlib import Path

from bench.measure import ROOT, fastest, run_python
from bench.stack_files import with_servers

STACK_FILE = ROOT / "stacks/Pulumi.gke-tpu.yaml"
RUNS = 5
TARGET_RATIO = 1.3
SERVERS = (10, 100, 1000)
CLOUD_SDKS = ("pulumi_aws", "pulumi_gcp", "pulumi_kubernetes")


def compare_with_bare_program(folder: Path) -> float:
    """Hold the preview of a stack against a program that registers the same resources by hand; return the ratio."""
    bare = folder / "bare.py"
    bare.write_text(run_python("-m", "bench.bare", str(STACK_FILE)).output, encoding="utf-8")
    preview, by_hand = fastest(
        RUNS,
        ("-m", "offline", "preview", str(STACK_FILE)),
        ("-m", "bench.plain_mocks", str(bare)),
    )
    resources = int(preview.output.split()[1])
    if int(by_hand.output) != resources:
        raise RuntimeError(f"the bare program registers {by_hand.output.strip()} resources, the stack {resources}")
    print(f"Preview of {STACK_FILE.stem.removeprefix('Pulumi.')}, {resources} resources, fastest of {RUNS} processes")
    print(f"  {'':14} {'seconds':>8} {'MiB':>6}")
    print(f"  {'bare program':14} {by_hand.seconds:8.2f} {by_hand.peak_mib:6.0f}")
    print(f"  {'preview':14} {preview.seconds:8.2f} {preview.peak_mib:6.0f}")
    ratio = preview.seconds / by_hand.seconds
    print(f"  {'ratio':14} {ratio:8.2f} {preview.peak_mib / by_hand.peak_mib:6.2f}   (time: at most {TARGET_RATIO})")
    return ratio


def watch_growth(folder: Path) -> None:
    """Show what one more server costs in stacks of different sizes; alike in all of them is linear growth."""
    print("Preview with more servers, one process each")
    print(f"  {'servers':>7} {'seconds':>8} {'MiB':>6} {'ms a server more':>17} {'KiB a server more':>18}")
    before = None
    for count in SERVERS:
        stack_file = folder / f"Pulumi.servers-{count}.yaml"
        with_servers(STACK_FILE, count, stack_file)
        usage = run_python("-m", "offline", "preview", str(stack_file))
        line = f"  {count:7} {usage.seconds:8.2f} {usage.peak_mib:6.0f}"
        if before is not None:
            fewer, smaller = before
            more = count - fewer
            line += f" {(usage.seconds - smaller.seconds) / more * 1000:17.1f}"
            line += f" {(usage.peak_mib - smaller.peak_mib) / more * 1024:18.0f}"
        print(line)
        before = (count, usage)


def watch_imports() -> None:
    """Show which cloud SDKs `import stacks` loads; reading and judging a stack file needs none."""
    code = f"import sys, stacks; print([name for name in {CLOUD_SDKS!r} if name in sys.modules])"
    usage = fastest(RUNS, ("-c", code))[0]
    print(
        f"`import stacks`: {usage.seconds:.2f} s, {usage.peak_mib:.0f} MiB, cloud SDKs loaded: {usage.output.strip()}"
    )


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as name:
        ratio = compare_with_bare_program(Path(name))
        watch_growth(Path(name))
    watch_imports()
    if ratio > TARGET_RATIO:
        sys.exit(f"the preview takes {ratio:.2f} times as long as the bare program; the target is {TARGET_RATIO}")
