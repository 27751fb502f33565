"""The load of the machine: the CPU time that its processes use."""


def busy_seconds() -> float | None:
    """Return the CPU time of all processes on all cores since the start; None where unknown."""
    import psutil

    try:
        times = psutil.cpu_times()._asdict()
    except (OSError, RuntimeError):
        return None
    # Linux counts guests within user and nice, and waiting for disks takes no CPU time.
    idle = ("idle", "iowait", "guest", "guest_nice")
    return float(sum(seconds for name, seconds in times.items() if name not in idle))


def process_seconds(pid: int) -> float:
    """Return the CPU time of a process, in seconds; 0 where there is none."""
    import psutil

    try:
        times = psutil.Process(pid).cpu_times()
    except psutil.Error:
        return 0.0
    return float(times.user + times.system)
