# SPDX-License-Identifier: Apache-2.0
"""Numbers as the reports write them, reckoned here a second time, from run.json alone."""

import math


def count(number: int) -> str:
    return f"{number:,}"


def fixed(value: float, places: int) -> str:
    scaled = math.floor(abs(value) * 10**places + 0.5)
    text = f"{scaled // 10**places}"
    return text if places == 0 else f"{text}.{scaled % 10**places:0{places}d}"


def significant(value: float) -> str:
    if value == 0:
        return "0"
    for limit, places in ((0.9995, 3), (9.995, 2), (99.95, 1)):
        if value < limit:
            return fixed(value, places)
    return fixed(value, 0)


def duration(microseconds: float) -> str:
    if microseconds < 999.5:
        return f"{significant(microseconds)} µs"
    if microseconds < 999_500:
        return f"{significant(microseconds / 1e3)} ms"
    if microseconds < 119_500_000:
        return f"{significant(microseconds / 1e6)} s"
    seconds = int(fixed(microseconds / 1e6, 0))
    return f"{seconds // 60} min {seconds % 60} s"


def rate(per_second: float) -> str:
    if per_second < 100:
        return f"{significant(per_second)}/s"
    return f"{count(int(fixed(per_second, 0)))}/s"


def share(part: int, total: int) -> str:
    if total <= 0:
        return "-"
    if part == 0:
        return "0 %"
    if part >= total:
        return "100 %"
    percent = part / total * 100
    if percent > 99.99:
        return ">99.99 %"
    return "<0.01 %" if percent < 0.01 else f"{fixed(percent, 2)} %"


def text(field: str, value) -> str:
    """The text of a member, whose unit its name tells."""
    if isinstance(value, str):
        return value
    if field.endswith("_per_s"):
        return rate(value)
    if field.endswith("_us") or "_us_per_" in field:
        return duration(value)
    if field.endswith("_s"):
        return duration(value * 1e6)
    return count(value)


def member(record, pointer: str):
    """What a JSON pointer (RFC 6901) leads to; KeyError where nothing is."""
    value = record
    for step in pointer.split("/")[1:]:
        step = step.replace("~1", "/").replace("~0", "~")
        value = value[int(step)] if isinstance(value, list) else value[step]
    return value


def required(record: dict) -> set[str]:
    """The members that a page about this record has to show."""
    load = record.get("load")
    if not load:
        return set()
    fields = {"/load/messages/accepted", "/load/throughput/messages_per_s"}
    for place in range(len(record.get("reuse", {}).get("ways", []))):
        fields |= {f"/reuse/ways/{place}/{name}" for name in (
            "messages_per_s", "transaction/p50_us", "transaction/p99_us", "session/p50_us",
            "connections/opened", "connections/full_handshakes", "connections/resumed_handshakes",
            "cpu_us_per_message")}
    fields |= {f"/load/messages/{name}" for name, number in load["messages"].items() if number > 0}
    fields |= {f"/load/connections/{name}"
               for name in ("opened", "peak", "refused", "reused_messages")}
    percentiles = ("count", "p50_us", "p90_us", "p99_us", "p999_us", "max_us")
    fields |= {f"/load/latency/{phase}/{name}" for phase in load["latency"] for name in percentiles}
    fields |= {f"/load/stages/{stage}/{code}"
               for stage, codes in load["stages"].items() for code in codes}
    fields |= {f"/load/replies/{code}" for code in load["replies"]}
    if len(load["positions"]) > 1:
        fields |= {f"/load/positions/{place}/latency/{name}"
                   for place in range(len(load["positions"])) for name in percentiles}
    apart = {name: f"/load/{name}" for name in ("service", "lateness") if name in load}
    apart |= {name: f"/load/handshakes/{name}" for name in load.get("handshakes", {})}
    fields |= {f"{place}/{name}" for place in apart.values() for name in percentiles}
    fields |= {f"/load/arrivals/{name}" for name in load.get("arrivals", {})}
    fields |= {f"/load/endings/{place}/{name}"
               for place in range(min(12, len(load.get("endings", []))))
               for name in ("after", "count")}
    fields |= {f"/load/findings/{place}" for place in range(len(load["findings"]))}
    fields |= {f"/thresholds/{place}/measured" for place in range(len(record["thresholds"]))}
    if record["target"].get("tls"):
        fields |= {f"/target/tls/{name}" for name in ("version", "cipher", "verification")}
    return fields
