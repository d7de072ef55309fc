"""Writes tasks with the exporters of this repository, for others to read."""

import json
import os
import pathlib
import subprocess

import pytest

ROOT = pathlib.Path(__file__).resolve().parents[2]
TARGET = pathlib.Path(os.environ.get("CARGO_TARGET_DIR", ROOT / "target"))


@pytest.fixture(scope="session")
def writer():
    subprocess.run(
        ["cargo", "build", "--quiet", "--package", "domain", "--example", "export"], cwd=ROOT, check=True
    )
    return TARGET / "debug" / "examples" / "export"


@pytest.fixture
def export(writer, tmp_path):
    """`export(config, tasks, format)` gives the folder with the files of that format."""

    def run(config, tasks, code):
        (tmp_path / "config.xml").write_text(config)
        (tmp_path / "tasks.json").write_text(json.dumps(tasks))
        subprocess.run([writer, tmp_path / "config.xml", tmp_path / "tasks.json", tmp_path / "out", code], check=True)
        return tmp_path / "out" / code

    return run


@pytest.fixture
def converter(tmp_path):
    """The SDK's own converter on the same tasks: `converter(config, tasks, format)` gives its folder."""
    from label_studio_sdk.converter import Converter

    def run(config, tasks, code):
        from label_studio_sdk.converter.converter import Format

        source, folder = tmp_path / "theirs.json", tmp_path / "theirs"
        source.write_text(json.dumps(tasks))
        folder.mkdir()
        made = Converter(config=config, project_dir=None, download_resources=False)
        made.convert(str(source), str(folder), Format[code], is_dir=False)
        return folder

    return run
