"""The child that runs llama.cpp's own server: started by its path, never imported by vivek.

One JSON line comes in (key, model, lease), one goes out (address or error). It uses nothing else of vivek, so it
starts at once, and it leaves by itself when nobody needs it any more, keeping on disk what it has computed.
"""

import fcntl
import hashlib
import http.client
import json
import os
import platform
import shutil
import signal
import sys
import threading
import time
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, NoReturn

# Small batches make a closed connection felt within half a second on a CPU and cost about 7 % of the prefill.
CPU_BATCH, GPU_BATCH = 64, 512
SLEEPY = 2 / 3  # of the time to sleep: then what is in memory is kept
POLL_SECONDS = 0.25
LEAST_KEPT_TOKENS = 256  # fewer are read again as fast as they are fetched
SLOT_SECONDS = 60.0
_LEAVING = threading.Lock()
# A prompt that shares less than this with the one in the slot has the memory searched for a better beginning, and the
# one in the slot put there. The usual 0.1 lets a long thread go for a short call that begins like it.
SIMILARITY = 0.5
NEEDED_FEATURES = ("avx2", "bmi2", "f16c", "fma")  # what the wheels for x86-64 are built for


@dataclass(frozen=True, slots=True)
class Ask:
    """What the parent wants; the fields of its line.

    Attributes:
        key: The secret that every request must carry.
        model: The model file.
        window: Tokens of the window.
        memory_mebibytes: Memory for prompts that are not in use.
        threads: Threads that compute.
        embedding: Whether it is to give vectors instead of replies.
        lease: File that every user of this child holds a shared lock on, None if the parent is the only one.
        linger: Seconds to stay after the last user left.
        sleep: Seconds without a request after which the memory is given back, and what is in it forgotten.
        kept: Path, without an ending, of what is kept on disk, None for nothing; `.wanted` beside it says whether.
        kept_bytes: What all that is kept in its folder may take.
        restored: Name of the file beside it to begin with, "" for none; the parent has made sure of it.
    """

    key: str
    model: str
    window: int = 4_096
    memory_mebibytes: int = 64
    threads: int = 1
    embedding: bool = False
    lease: str | None = None
    linger: float = 0.0
    sleep: int = 1_800
    kept: str | None = None
    kept_bytes: int = 0
    restored: str = ""


def main() -> NoReturn:
    """Answer one line, serve, leave."""
    answers = os.fdopen(os.dup(1), "w")  # the pipe carries our lines only; whatever else is printed goes to stderr
    os.dup2(2, 1)
    os.umask(0o077)  # what is kept holds what the user typed
    line = sys.stdin.readline()
    if not line:
        os._exit(0)
    ask = Ask(**json.loads(line))
    address: list[str] = []
    watch = threading.Thread(target=_leave_when_unused, args=(ask, address), daemon=True)
    watch.start()
    missing = missing_features(platform.machine(), _load_text("/proc/cpuinfo"))
    if missing:
        _refuse(answers, "cpu", f"It lacks {', '.join(missing)}.")
    try:
        server = _serve(ask)
    except ImportError as error:
        _refuse(answers, "missing", str(error))
    except (ArithmeticError, AttributeError, MemoryError, OSError, RuntimeError, TypeError, ValueError) as error:
        _refuse(answers, "load", str(error))
    if ask.restored:
        _call(ask, server.listening_address, "POST", "/slots/0?action=restore", {"filename": ask.restored})
    address.append(server.listening_address)
    _say(answers, url=server.listening_address, pid=os.getpid())
    if ask.kept:  # the machine is shut down, or the user logs out
        signal.signal(signal.SIGTERM, lambda *_: _leave(ask, address))
    watch.join()
    os._exit(0)


def missing_features(machine: str, cpuinfo: str) -> tuple[str, ...]:
    """Return what this processor lacks; the engine would die of an illegal instruction while it is imported."""
    if machine.lower() not in ("x86_64", "amd64"):
        return ()
    flags = next((line.split(":", 1)[1].split() for line in cpuinfo.splitlines() if line.startswith("flags")), None)
    return () if flags is None else tuple(name for name in NEEDED_FEATURES if name not in flags)


def _serve(ask: Ask) -> Any:  # the engine has no types
    import xllamacpp as engine

    gpu = any("GPU" in str(device["type"]) for device in engine.get_device_info())
    params = engine.CommonParams()
    params.model.path = ask.model
    params.hostnames, params.port, params.api_keys = ["127.0.0.1"], 0, [ask.key]
    params.ui, params.verbosity, params.n_parallel = False, 1, 1
    params.n_ctx = ask.window
    params.n_batch = params.n_ubatch = GPU_BATCH if gpu else CPU_BATCH
    if ask.embedding:
        params.embedding = True
        params.n_batch = params.n_ubatch = ask.window
    params.fit_params = gpu  # on a CPU it only loads a broken file twice
    params.cache_ram_mib = ask.memory_mebibytes
    params.slot_prompt_similarity = SIMILARITY
    params.sleep_idle_seconds = ask.sleep
    params.cpuparams.n_threads = params.cpuparams_batch.n_threads = ask.threads
    if ask.kept:
        params.slot_save_path = f"{Path(ask.kept).parent}/"
    return engine.Server(params)


def _leave_when_unused(ask: Ask, address: list[str]) -> NoReturn:
    """End this process when its parent is gone or, if it is shared, when nobody has held the lease for a while."""
    if ask.lease is None:
        while os.read(0, 4_096):  # not sys.stdin: its lock would be held when the interpreter ends
            pass
        os._exit(0)
    lease = os.open(ask.lease, os.O_RDWR)
    quiet_since, kept_at = None, 0.0
    while True:
        time.sleep(POLL_SECONDS)
        try:
            fcntl.flock(lease, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            quiet_since = None
            kept_at = _keep_before_sleep(ask, address, kept_at)
            continue
        now = time.monotonic()
        quiet_since = quiet_since or now
        if now - quiet_since >= ask.linger:
            _leave(ask, address)  # the lock goes with the process, so a newcomer never meets a child that leaves
        fcntl.flock(lease, fcntl.LOCK_UN)


def _keep_before_sleep(ask: Ask, address: list[str], kept_at: float) -> float:
    """Keep what would be forgotten, once for each pause; return when the last request came whose state is kept."""
    sign = Path(f"{ask.kept}.wanted")
    try:
        asked = sign.stat().st_mtime if ask.kept and address else kept_at
    except OSError:  # nobody wants it
        return kept_at
    if asked == kept_at or time.time() - asked < ask.sleep * SLEEPY:
        return kept_at
    _keep(ask, address[0], sign.with_suffix(""))
    return asked


def _leave(ask: Ask, address: list[str]) -> NoReturn:
    """End this process; what it has computed last is kept if somebody wants it."""
    _LEAVING.acquire()  # for good: a second sign to leave waits for the end
    try:
        if ask.kept and address and Path(f"{ask.kept}.wanted").exists():
            _keep(ask, address[0], Path(ask.kept))
    finally:
        os._exit(0)


def _keep(ask: Ask, url: str, kept: Path) -> None:
    """Write the slot to a file of its own, then the record that names it; whatever goes wrong, nothing is kept."""
    props = _call(ask, url, "GET", "/props")
    if props.get("is_sleeping") is not False or shutil.disk_usage(kept.parent).free < ask.kept_bytes:
        return  # asleep it has forgotten everything
    file = kept.with_name(f"{kept.name}-{os.getpid()}.bin")
    done = _call(ask, url, "POST", "/slots/0?action=save", {"filename": file.name})
    record = kept.with_name(f"{kept.name}.json")
    try:
        size = file.stat().st_size
        if done.get("n_written") != size or done["n_saved"] < LEAST_KEPT_TOKENS or size > ask.kept_bytes:
            raise ValueError
        with file.open("rb") as stream:
            digest = hashlib.file_digest(stream, "sha256").hexdigest()
            os.fsync(stream.fileno())
        fresh = kept.with_name(f"{file.name}.json")
        said = {"file": file.name, "size": size, "sha256": digest, "tokens": done["n_saved"], "model": ask.model}
        fresh.write_text(json.dumps(said), "utf-8")
        fresh.replace(record)
        _make_room(kept.parent, file, ask.kept_bytes)
    except (OSError, ValueError):
        file.unlink(missing_ok=True)


def _make_room(folder: Path, newest: Path, limit: int) -> None:
    """Delete what the newest file replaces, then the oldest until all fit; records without a file are worth nothing."""

    def order(path: Path) -> tuple[bool, float]:
        return path.name.rpartition("-")[0] != newest.name.rpartition("-")[0], path.stat().st_mtime

    others = sorted(set(folder.glob("*-*-*")) - {newest}, key=order)
    taken = sum(path.stat().st_size for path in (newest, *others))
    for path in others:
        is_another = order(path)[0]
        if is_another and taken <= limit:
            return
        taken -= path.stat().st_size
        path.unlink()


def _call(ask: Ask, url: str, method: str, path: str, body: object = None) -> dict[str, Any]:
    """Ask the server of this process; {} when it refuses."""
    door = http.client.HTTPConnection(url.removeprefix("http://"), timeout=SLOT_SECONDS)
    try:
        door.request(method, path, json.dumps(body), {"Authorization": f"Bearer {ask.key}"})
        answer = json.loads(door.getresponse().read())
    except (OSError, ValueError, http.client.HTTPException):
        return {}
    finally:
        door.close()
    return answer if isinstance(answer, dict) else {}


def _refuse(answers: IO[str], kind: str, error: str) -> NoReturn:
    _say(answers, kind=kind, error=error)
    sys.exit(3)  # the long way out: the engine's log, which names the reason, is still being written


def _say(answers: IO[str], **words: object) -> None:
    try:
        answers.write(json.dumps(words) + "\n")
        answers.flush()
    except BrokenPipeError:
        os._exit(1)  # the parent died while the model was loading; nobody knows of this child


def _load_text(path: str) -> str:
    try:
        return Path(path).read_text("utf-8", errors="replace")
    except OSError:
        return ""


if __name__ == "__main__":
    main()
