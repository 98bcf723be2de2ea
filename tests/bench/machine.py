"""What the figures were measured on."""
import os
import platform
import re
import statistics
import subprocess
import tempfile
import time


def fdatasync_us():
    """Of 200 bytes appended to a file where the benchmarks' Redis has its own: median and 99th percentile."""
    times = []
    with tempfile.NamedTemporaryFile() as file:
        for _ in range(500):
            file.write(b"x" * 200)
            file.flush()
            begin = time.perf_counter()
            os.fdatasync(file.fileno())
            times.append((time.perf_counter() - begin) * 1e6)
    times.sort()
    return round(statistics.median(times)), round(times[int(len(times) * 0.99)])


def first_line(*command):
    try:
        return subprocess.run(command, stdout=subprocess.PIPE, text=True, check=False).stdout.splitlines()[0].strip()
    except (OSError, IndexError):
        return ""


def describe():
    with open("/proc/cpuinfo", encoding="utf-8") as file:
        model = re.search(r"model name\s*:\s*(.*)", file.read())
    p50, p99 = fdatasync_us()
    return {"cpu": model[1] if model else platform.machine(), "cores": os.cpu_count(), "kernel": platform.release(),
            "redis": re.sub(r".* v=(\S+).*", r"\1", first_line("redis-server", "--version")),
            "fdatasync_p50_us": p50, "fdatasync_p99_us": p99, "load": round(os.getloadavg()[0], 2)}
