"""Ask the explorer's server for more than it can do: `python benchmarks/load.py [SECONDS]`.

Many clients ask for random layers of random pictures at random sizes. What counts: every answer is
right or a 503, memory stays within the budgets, and the server answers at once afterwards.
"""

import asyncio
import json
import random
import re
import signal
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

import httpx

from actiscope.web import Limits

CLIENTS = 50
SECONDS = 60.0
SIZES = ("own", "native", "128", "300x200")
EVERY = 0.5
"""Seconds between two looks at the memory."""
PATIENCE = 30.0


def main() -> None:
    seconds = float(sys.argv[1]) if len(sys.argv) > 1 else SECONDS
    command = [sys.executable, "-c", "from actiscope.cli.main import run; run()"]
    server = subprocess.Popen(
        [*command, "explore", "--no-open", "--port", "0"], stdout=subprocess.PIPE, text=True
    )
    try:
        address = re.search(r"http://\S+", server.stdout.readline())[0]
        print(json.dumps(asyncio.run(press(address, seconds, server.pid)), indent=2))
    finally:
        server.send_signal(signal.SIGINT)
        print("exit code", server.wait())


async def press(address: str, seconds: float, process: int) -> dict[str, object]:
    """Press the server for some seconds, and see how it fares."""
    limits = httpx.Limits(max_connections=CLIENTS)
    async with httpx.AsyncClient(base_url=address, limits=limits, timeout=PATIENCE) as client:
        pictures = [one["id"] for one in (await client.get("/api/pictures")).json()]
        layers = len((await client.get("/api/network")).json()["layers"])
        before = memory(process)
        statuses: Counter[str] = Counter()
        times: list[float] = []
        end = time.monotonic() + seconds
        watch = asyncio.create_task(highest_memory(process, seconds / 4))
        asking = (ask(client, pictures, layers, end, statuses, times) for _ in range(CLIENTS))
        await asyncio.gather(*asking)
        start = time.monotonic()
        after = await client.get(f"/api/pictures/{pictures[0]}/layers/1")
        return {
            "clients": CLIENTS,
            "seconds": seconds,
            "statuses": dict(statuses),
            "answers_per_second": round(statuses["200"] / seconds, 1),
            "median_seconds": round(sorted(times)[len(times) // 2], 3),
            "memory_before_mib": before,
            "memory_highest_mib_by_quarters": await watch,
            "cache_budget_mib": Limits().cache_bytes // 2**20,
            "answer_afterwards": [after.status_code, round(time.monotonic() - start, 3)],
        }


async def ask(
    client: httpx.AsyncClient,
    pictures: list[str],
    layers: int,
    end: float,
    statuses: Counter[str],
    times: list[float],
) -> None:
    """Be one of many clients: one in ten of its requests it gives up."""
    while time.monotonic() < end:
        layer, size = random.randrange(layers), random.choice(SIZES)
        path = f"/api/pictures/{random.choice(pictures)}/layers/{layer}?size={size}"
        start = time.monotonic()
        try:
            async with asyncio.timeout(0.2 if random.random() < 0.1 else PATIENCE):
                answer = await client.get(path)
        except TimeoutError:
            statuses["given up"] += 1
            continue
        except httpx.HTTPError as error:
            statuses[type(error).__name__] += 1
            continue
        statuses[str(answer.status_code)] += 1
        if answer.status_code == 200:
            times.append(time.monotonic() - start)
        else:
            await asyncio.sleep(0.1)


async def highest_memory(process: int, seconds: float) -> list[int]:
    """Watch a process four times for some seconds; return the MiB that it had at most."""
    found = []
    for _ in range(4):
        end = time.monotonic() + seconds
        highest = 0
        while time.monotonic() < end:
            highest = max(highest, memory(process))
            await asyncio.sleep(EVERY)
        found.append(highest)
    return found


def memory(process: int) -> int:
    """Return the resident MiB of a process."""
    status = Path(f"/proc/{process}/status").read_text(encoding="utf-8")
    return int(re.search(r"VmRSS:\s+(\d+) kB", status)[1]) // 1024


if __name__ == "__main__":
    main()
