"""Every system call of an act on records fails once, or the process is killed at it (integrity.md §6.1, C-1, C-2).

    python tests/faults/harness.py append KILL EIO ENOSPC short

A child is forked on a copy of a seed, ``strace`` takes hold of it, and then it acts: so nothing of the start of Python
is counted. A first act without fault lists the calls. Then for each call and kind of fault: a new copy, the act with
the fault, and ``acts.wrong_after``. The last line of the output is JSON with the figures.

Short writes are real ones: ``strace`` could only claim that bytes were written which were not, so the child itself
writes half of the bytes; it goes on ("short"), meets a full disk ("short ENOSPC") or is killed there ("short KILL").
"""

from __future__ import annotations

import argparse
import collections
import ctypes
import dataclasses
import importlib.util
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import traceback
from pathlib import Path
from types import ModuleType
from typing import Any, NoReturn

HERE = Path(__file__).resolve().parent
CALLS = (
    "write", "pwrite64", "fsync", "fdatasync", "openat", "close", "ftruncate", "?rename", "?renameat", "renameat2",
    "?link", "linkat", "?unlink", "unlinkat", "?mkdir", "mkdirat", "?chmod", "fchmodat", "fchmod",
)  # fmt: skip
ERRORS = ("EIO", "ENOSPC", "EDQUOT", "EMFILE", "EROFS", "EINTR")
SHORT = ("short", "short ENOSPC", "short KILL")
KINDS = ("KILL", *ERRORS, *SHORT)
ANOTHER_WAY = {("restore", "renameat2")}  # what cannot be exchanged in one step is renamed in two
DONE, REFUSED, ESCAPED = 0, 3, 4
HONEST = ("write", "fsync", "fdatasync", "rename", "renameat", "renameat2")  # an error here is never "done"


def _load(name: str, path: Path) -> ModuleType:
    spec = importlib.util.spec_from_file_location(name, path)
    if spec is None or spec.loader is None:
        raise ImportError(path)
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return module


for _name, _path in (
    ("ledger_sample", HERE.parent / "ledger/sample.py"),
    ("ledger_people", HERE.parent / "ledger/people.py"),
    ("fault_acts_restore", HERE / "acts_restore.py"),
    ("fault_acts", HERE / "acts.py"),
    ("fault_protocols", HERE / "protocols.py"),
):
    _load(_name, _path)
acts: Any = sys.modules["fault_acts"]
protocols: Any = sys.modules["fault_protocols"]


@dataclasses.dataclass(frozen=True)
class Fault:
    """One fault.

    Attributes:
        call: name of the system call.
        nth: which of that name, from 1; 0 for no fault.
        kind: one of ``KINDS``.
    """

    call: str = ""
    nth: int = 0
    kind: str = ""


class Harness:
    """Faults in one act.

    Args:
        base: empty folder for copies.
        act: a key of ``acts.ACTS``.
        protocol: a key of ``protocols.PROTOCOLS``.
    """

    def __init__(self, base: Path, act: str, protocol: str = "") -> None:
        self.base, self.act, self.protocol = base, act, protocol
        self.seed = base / "seed"
        self.people = acts.make_seed(self.seed, act)
        log = self.seed / ".valgen"
        self.leaves = [one.leaf for one in acts.read_log(log)] if act != "found" else []
        self.told, self.notes = acts.Told(), acts.Told()

    def calls(self) -> list[tuple[str, int]]:
        """Return name and number within its name of every call of the act, in order."""
        code, trace = self._run(Fault())
        if code != DONE:
            raise RuntimeError(f"{self.act} failed without a fault: {code} {self.notes.all()}")
        counted: collections.Counter[str] = collections.Counter()
        found = []
        for line in trace.splitlines():
            match = re.match(r"(?:[0-9]+ +)?([a-z0-9_]+)\(", line)
            if match:
                counted[match[1]] += 1
                found.append((match[1], counted[match[1]]))
        shutil.rmtree(self.base / "copy")
        return found

    def strike(self, fault: Fault) -> list[str]:
        """Act with a fault on a new copy; return what is wrong afterwards."""
        code, _ = self._run(fault)
        wrong = []
        if code == ESCAPED:
            wrong.append(f"no answer in words: {self.notes.all()}")
        elif code not in (DONE, REFUSED, -signal.SIGKILL):
            wrong.append(f"ended with {code}")
        honest = fault.call in HONEST and (self.act, fault.call) not in ANOTHER_WAY
        if code == DONE and honest and fault.kind in ("EIO", "ENOSPC", "EDQUOT", "EROFS", "short ENOSPC"):
            wrong.append("an error of the disk was answered with success")
        wrong += acts.wrong_after(self._scene(), self.act, self.leaves)
        shutil.rmtree(self.base / "copy")
        return wrong

    def _scene(self) -> Any:
        return acts.Scene(
            folder=self.base / "copy",
            people=self.people,
            told=self.told,
            disk=protocols.PROTOCOLS[self.protocol](),
            early=self.protocol == "acknowledge before write",
        )

    def _run(self, fault: Fault) -> tuple[int, str]:
        """Act in a child under ``strace``; return how it ended and what was traced."""
        shutil.copytree(self.seed, self.base / "copy")
        self.told.clear()
        self.notes.clear()
        gate, go = os.pipe()
        waits, ready = os.pipe()
        child = os.fork()
        if child == 0:
            os.close(go)
            self._child(gate, ready, fault)
        os.close(gate)
        os.close(ready)
        os.read(waits, 1)  # from here on the child does nothing before it is let go
        os.close(waits)
        trace = self.base / "trace"
        command = ["strace", "-o", str(trace), "-e", "trace=" + ",".join(CALLS), "-p", str(child)]
        if fault.nth and fault.kind not in SHORT:
            how = "signal=KILL" if fault.kind == "KILL" else f"error={fault.kind}"
            command += ["-e", f"inject={fault.call}:{how}:when={fault.nth}"]
        tracer = subprocess.Popen(command, stderr=subprocess.PIPE, text=True)
        said = tracer.stderr.readline() if tracer.stderr else ""
        if "attached" not in said:
            os.kill(child, signal.SIGKILL)
            os.waitpid(child, 0)
            raise RuntimeError(f"strace cannot trace: {said.strip()}")
        os.write(go, b"1")
        os.close(go)
        # The tracer ends with the child, and the child waits for its tracer only to be reaped by this process.
        _, status = os.waitpid(child, 0)
        tracer.communicate()
        return os.waitstatus_to_exitcode(status), trace.read_text(errors="replace") if not fault.nth else ""

    def _child(self, gate: int, ready: int, fault: Fault) -> NoReturn:
        code = ESCAPED
        try:
            _let_trace()
            scene = self._scene()
            os.write(ready, b"1")
            if fault.kind in SHORT:
                _write_short(fault)
            os.read(gate, 1)
            acts.ACTS[self.act](scene)
            code = DONE
        except acts.ValgenError as error:
            self.notes.say(f"{error.code} {error.what}")
            code = REFUSED
        except BaseException as error:
            self.notes.say("".join(traceback.format_exception(error))[-1500:])
        finally:
            os._exit(code)


def _let_trace() -> None:
    """Allow a process that is no ancestor to trace this one, where the system asks for that."""
    any_process, set_ptracer = -1, 0x59616D61
    ctypes.CDLL(None).prctl(set_ptracer, ctypes.c_ulong(any_process), 0, 0, 0)


def _write_short(fault: Fault) -> None:
    """Let the so-manieth write take half of its bytes only, and what follows meet what the fault says."""
    real = os.write
    count = 0

    def write(fd: int, data: Any) -> int:
        nonlocal count
        count += 1
        if count == fault.nth:
            done = real(fd, bytes(data)[: max(1, len(data) // 2)])
            if fault.kind == "short KILL":
                os.kill(os.getpid(), signal.SIGKILL)
            return done
        if count > fault.nth and fault.kind == "short ENOSPC":
            raise OSError(28, "No space left on device")
        return real(fd, data)

    os.write = write


def explore(act: str, kinds: list[str], *, every: int = 1, first: int = 0, protocol: str = "") -> dict[str, Any]:
    """Strike at every call of an act, or at every so-many-th, with each kind of fault.

    Args:
        act: a key of ``acts.ACTS``.
        kinds: of ``KINDS``.
        every: 1 for all faults.
        first: number of the first fault that is tried.
        protocol: a broken one, or empty.

    Returns:
        ``calls``, ``faults`` by kind, and ``wrong`` as a list of sentences.
    """
    room = Path("/dev/shm")
    with tempfile.TemporaryDirectory(dir=room if os.access(room, os.W_OK) else None) as base:
        harness = Harness(Path(base), act, protocol)
        calls = harness.calls()
        faults = [
            Fault(call, nth, kind) for kind in kinds for call, nth in calls if kind not in SHORT or call == "write"
        ][first::every]
        wrong = []
        for fault in faults:
            wrong += [f"{act}, {fault.kind} at {fault.call} {fault.nth}: {one}" for one in harness.strike(fault)]
    counted = collections.Counter(fault.kind for fault in faults)
    return {"act": act, "protocol": protocol, "calls": len(calls), "faults": dict(counted), "wrong": wrong}


def main() -> int:
    """Explore one act and print the figures."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("act", choices=list(acts.ACTS))
    parser.add_argument("kinds", nargs="+")
    parser.add_argument("--every", type=int, default=1)
    parser.add_argument("--first", type=int, default=0)
    parser.add_argument("--protocol", choices=list(protocols.PROTOCOLS), default="")
    options = parser.parse_args()
    kinds = [one.replace("-", " ") for one in options.kinds]
    print(json.dumps(explore(options.act, kinds, every=options.every, first=options.first, protocol=options.protocol)))
    return 0


if __name__ == "__main__":
    sys.exit(main())
