"""A server of our own: the built binary on a free port, with a fresh database and data directory."""

import os
import re
import secrets
import shutil
import socket
import subprocess
import tempfile
import time
from pathlib import Path
from urllib.parse import urlsplit

import requests

ROOT = Path(__file__).resolve().parents[3]
READY_WITHIN_S = 30
STOPPED_WITHIN_S = 20
PASSWORD = "a-long-enough-secret"


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


class App:
    """The server under test. Its database and files are gone when it has stopped."""

    def __init__(self) -> None:
        databases = os.environ.get("TEST_DATABASE_URL")
        if not databases:
            raise RuntimeError("TEST_DATABASE_URL is not set: run script/test sdk, or export what script/test-db prints")
        self.program = os.environ.get("SYNAPSE_SERVER", str(ROOT / "target/debug/server"))
        self.databases = databases
        self.database = f"synapse_sdk_{secrets.token_hex(6)}"
        self.data = Path(tempfile.mkdtemp(prefix="synapse-sdk-"))
        # A folder that this machine offers as local storage.
        self.files = Path(tempfile.mkdtemp(prefix="synapse-sdk-files-"))
        self.url = f"http://localhost:{free_port()}"
        self.log = self.data / "server.log"
        self.people = 0
        self.process: subprocess.Popen | None = None

    def start(self) -> "App":
        # Made and dropped by the scripts' own tool, so nothing here needs a database driver.
        database_url = self._database("create")
        # What whoever runs the tests has set for a server of their own is not for this one, but where the pages are.
        others = {name for name in os.environ if name.startswith("SYNAPSE_") and name != "SYNAPSE_SITE"}
        inherited = {name: value for name, value in os.environ.items() if name not in others}
        self.environment = {
            **inherited,
            "DATABASE_URL": database_url,
            # Webhook receivers, models and buckets of the tests live on this machine.
            "SYNAPSE_ALLOW_NETWORKS": "127.0.0.0/8",
            "SYNAPSE_LOCAL_FILES": str(self.files),
            # Enough for requests made up by a machine, and still told.
            "SYNAPSE_API_REQUESTS_PER_MINUTE": "1000000",
        }
        port = urlsplit(self.url).port
        with self.log.open("w") as output:
            self.process = subprocess.Popen(
                [self.program, "serve", "--dev", "--addr", f"127.0.0.1:{port}", "--data", str(self.data)],
                env=self.environment,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
            )
        self._wait_until_ready()
        return self

    def person(self, organization: str | None = None) -> str:
        """A new person with a confirmed address, owning the `organization` if one is named. Gives the address."""
        self.people += 1
        email = f"person{self.people}@example.com"
        named = ["--organization", organization] if organization else []
        self._run("user", "create", "--email", email, *named, input=f"{PASSWORD}\n")
        return email

    def key(self, email: str, *options: str) -> str:
        """A new access key of the person."""
        return self._run("token", "create", "--email", email, *options).strip()

    def stop(self) -> None:
        if self.process is not None:
            self.process.terminate()
            try:
                self.process.wait(STOPPED_WITHIN_S)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
        self._database("drop")
        shutil.rmtree(self.data, ignore_errors=True)
        shutil.rmtree(self.files, ignore_errors=True)

    def logged(self) -> str:
        return self.log.read_text(errors="replace")

    def complaints(self) -> list[str]:
        """What the server itself holds for its own fault."""
        return [line for line in self.logged().splitlines() if re.search(r"\bERROR\b|panicked", line)]

    def _run(self, *arguments: str, input: str | None = None) -> str:
        done = subprocess.run(
            [self.program, *arguments, "--data", str(self.data), "--log", "warn"],
            env=self.environment,
            input=input,
            capture_output=True,
            text=True,
        )
        if done.returncode != 0:
            raise RuntimeError(f"server {' '.join(arguments)} failed:\n{done.stdout}{done.stderr}")
        return done.stdout

    def _database(self, verb: str) -> str:
        command = ["node", "script/lib/database.mjs", verb, self.databases, self.database]
        return subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True).stdout.strip()

    def _wait_until_ready(self) -> None:
        deadline = time.monotonic() + READY_WITHIN_S
        while True:
            assert self.process is not None
            if self.process.poll() is not None:
                raise RuntimeError(f"the server stopped:\n{self.logged()}")
            try:
                if requests.get(f"{self.url}/ready", timeout=5).ok:
                    return
            except requests.RequestException:
                pass
            if time.monotonic() > deadline:
                raise RuntimeError(f"the server is not ready:\n{self.logged()}")
            time.sleep(0.05)
