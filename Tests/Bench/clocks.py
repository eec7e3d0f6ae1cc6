# SPDX-License-Identifier: Apache-2.0
"""The parts of the bench that ask whether what Relaymark says of time is true."""

import contextlib
import json
import pathlib
import socket
import statistics
import tempfile
import time


class PlainClient:
    """One SMTP session on a blocking socket, timed by Python's clock: a second opinion."""

    def __init__(self, port: int):
        self.socket = socket.create_connection(("127.0.0.1", port), 30)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.file = self.socket.makefile("rb")
        self.reply()
        self.ask("EHLO bench.example")

    def reply(self) -> str:
        while True:
            line = self.file.readline()
            if not line:
                raise OSError("the server ended the connection")
            if line[3:4] != b"-":
                return line.decode()

    def ask(self, text: str) -> str:
        self.socket.sendall(text.encode() + b"\r\n")
        return self.reply()

    def message(self) -> float:
        """Sends a message and says how many microseconds its last reply took."""
        self.ask("MAIL FROM:<sender@relaymark.test>")
        self.ask("RCPT TO:<user1@relaymark.test>")
        self.ask("DATA")
        content = b"Subject: bench\r\n\r\n" + b"0123456789\r\n" * 80
        start = time.perf_counter()
        self.socket.sendall(content + b".\r\n")
        if not self.reply().startswith("250"):
            raise OSError("a message was not accepted")
        return (time.perf_counter() - start) * 1e6

    def close(self) -> None:
        self.ask("QUIT")
        self.socket.close()


def known_delay(bench) -> None:
    """A server that answers the message 10 ms late, timed by us and by a client that does nothing else."""
    ours, theirs, truth = [], [], []
    for _ in range(bench.rounds):
        with bench.own_sink("--delay", "message=10ms") as server:
            with contextlib.closing(PlainClient(server.port)) as client:
                theirs.append(statistics.median(
                    client.message() for _ in range(bench.scaled(400))))
            _, record = bench.load(
                "plain.json", f"smtp://127.0.0.1:{server.port}", "--tls", "none", "--sessions", "1",
                "--messages", str(bench.scaled(400)), "--size", "1024")
        ours.append(record["load"]["latency"]["body"]["p50_us"])
        truth.append(ours[-1] / 10_000)
    bench.add("known delay of 10 ms, p50", [a / b for a, b in zip(ours, theirs)], ours, theirs,
              "µs", "plain client", 1.02)
    bench.figure("known delay, p50 over 10 ms", (statistics.median(truth) - 1) * 100, "% above", 2)


def open_rate(bench) -> None:
    """Half of what the sink takes in a closed loop, asked for as a rate."""
    seconds = 3 if bench.smoke else 20
    off, late = [], []
    for _ in range(1 if bench.smoke else 3):
        with bench.own_sink() as server:
            target = f"smtp://127.0.0.1:{server.port}"
            plain = ("--tls", "none", "--size", "4096")
            _, closed = bench.load("plain.json", target, *plain, "--sessions", "20", "--messages",
                                   str(bench.scaled(40000)))
            rate = max(10, int(closed["load"]["throughput"]["messages_per_s"] / 2))
            _, record = bench.load("plain.json", target, *plain, "--rate", f"{rate}/s",
                                   "--duration", f"{seconds}s", "--max-sessions", "200")
        load = record["load"]
        bench.check_balance("open rate", load["messages"])
        off.append(abs(load["arrivals"]["achieved_per_s"] / load["arrivals"]["asked_per_s"] - 1) * 100)
        late.append(load["lateness"]["p99_us"] / 1000)
    bench.figure(f"open rate, {rate}/s, off by", statistics.median(off), "%", 0.1)
    bench.figure("late starts at half capacity, p99", statistics.median(late), "ms", 1)


def stall(bench) -> None:
    """The same server stands still for a second: what a closed loop says of it, and an open load."""
    seconds = 4 if bench.smoke else 10
    figures = {}
    for kind, flags in (
            ("closed", ("--sessions", "10", "--duration", f"{seconds}s")),
            ("open", ("--rate", "100/s", "--duration", f"{seconds}s", "--max-sessions", "1000"))):
        # Two seconds after its start, when the load has long begun.
        with bench.own_sink("--stall", "2s+1s") as server:
            _, record = bench.load("plain.json", f"smtp://127.0.0.1:{server.port}", "--tls", "none",
                                   "--size", "1024", *flags)
        load = record["load"]
        bench.check_balance(f"stall, {kind}", load["messages"])
        if not any("stalled" in finding for finding in load["findings"]):
            raise bench.failure(f"the {kind} load did not name the stall: {load['findings']}")
        figures[kind] = load["latency"]["transaction"]
    for name, member in (("p90", "p90_us"), ("p99", "p99_us"), ("longest", "max_us")):
        ours, theirs = figures["open"][member] / 1000, figures["closed"][member] / 1000
        bench.add(f"stall of 1 s, {name} at a rate", [ours / theirs], [ours], [theirs], "ms",
                  "closed loop", None)


def resumed(bench) -> None:
    """Resumed handshakes: TLS 1.2, since s_time resumes none of TLS 1.3."""
    count = bench.scaled(10000)
    with bench.own_tls_server() as server, tempfile.TemporaryDirectory() as folder:
        profile = pathlib.Path(folder) / "profile.json"
        profile.write_text(json.dumps({
            "host": "127.0.0.1", "port": server.port, "role": "submissions",
            "tls": {"mode": "implicit", "insecure": True, "maximum": "1.2"}}))
        ours, theirs = [], []
        for _ in range(bench.rounds):
            theirs.append(bench.s_time(server.port, "-reuse", "-tls1_2"))
            finished, record = bench.load("handshake.json", str(profile), "--sessions", "1",
                                          "--messages", str(count))
            made = record["load"]["connections"]["resumed_handshakes"]
            if made < count - 1:
                raise bench.failure(f"{made} resumed handshakes instead of {count - 1}")
            ours.append(finished.cpu / count * 1e6)
    bench.add("resumed handshake, TLS 1.2", [a / b for a, b in zip(ours, theirs)], ours, theirs,
              "µs/handshake", "s_time", 1.15)
