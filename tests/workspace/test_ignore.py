"""What is kept from the model: hidden files and secrets."""

import os
import time
from pathlib import Path

import pytest

from vivek.workspace.ignore import IgnoreFiles, is_secret


@pytest.mark.covers("K03")
@pytest.mark.parametrize(
    "path",
    [
        *(".env", "deploy/.env.production", "prod.env", ".ENV", ".envrc", ".netrc", "home/.npmrc", ".pypirc"),
        *("id_rsa", "keys/id_ed25519", "id_rsa.bak", "id_ecdsa-work", "server.pem", "tls/site.KEY", "a.p12", "x.kdbx"),
        *(".aws/config", "home/.ssh/known_hosts", ".gnupg/pubring.kbx", ".kube/config", ".docker/config.json"),
        *("credentials.json", "client_secret_12.json", "service-account.json", "config/secrets.yml"),
        *("terraform.tfstate", ".bash_history", "cookies.sqlite", ".git-credentials", "a\\.env", "./.env"),
    ],
)
def test_a_file_that_holds_secrets_is_known_by_its_name(path: str) -> None:
    assert is_secret(path)


@pytest.mark.parametrize(
    "path",
    [
        *("", "a.py", ".env.example", ".env.sample", "env.py", "environment.yml", "id_generator.py", "id_rsa.pub"),
        *("id_rsa_test.go", "key.py", "monkey.md", "keys.json", "config.json", "secrets.py", "credentials.py"),
        *("cookies.py", "history", "service_account.py", "aws/config.py", "docs/credentials.md", "pem.txt"),
    ],
)
def test_other_files_and_samples_are_not_taken_for_secrets(path: str) -> None:
    assert not is_secret(path)


def test_a_project_hides_files_folders_and_takes_some_back(root: Path) -> None:
    (root / ".vivekignore").write_text("private/\n*.sql\n!schema.sql\n")
    (root / "docs").mkdir()
    (root / "docs/.vivekignore").write_text("/draft.md\n")
    hidden = IgnoreFiles(root)

    assert [
        path
        for path in (
            "a.py",
            "private/a.py",
            "private/schema.sql",
            "dump.sql",
            "sub/schema.sql",
            "docs/draft.md",
            "draft.md",
        )
        if hidden.is_hidden(path)
    ] == ["private/a.py", "private/schema.sql", "dump.sql", "docs/draft.md"]
    assert not hidden.matches("")


def test_without_rules_nothing_is_hidden(root: Path) -> None:
    assert not IgnoreFiles(root).is_hidden("a/b.py")


@pytest.mark.covers("P15")
def test_a_link_to_a_hidden_file_is_hidden_and_so_is_one_that_leads_out(root: Path, tmp_path: Path) -> None:
    (root / ".vivekignore").write_text("private/\n")
    (root / "private").mkdir()
    (root / "private/a.txt").touch()
    (root / "shown.txt").symlink_to("private/a.txt")
    (root / "folder").symlink_to("private", target_is_directory=True)
    (root / "out").symlink_to(tmp_path, target_is_directory=True)
    hidden = IgnoreFiles(root)

    for path in ("shown.txt", "folder/a.txt", "out/x", "../x", "/etc/passwd", ".git/config", "a\0b/c"):
        assert hidden.is_hidden(path), path


@pytest.mark.parametrize("kind", ["pipe", "folder", "link"])
def test_only_a_plain_ignore_file_is_read(root: Path, tmp_path: Path, kind: str) -> None:
    if kind == "pipe":
        os.mkfifo(root / ".vivekignore")
    elif kind == "folder":
        (root / ".vivekignore").mkdir()
    else:
        (tmp_path / "rules").write_text("*\n")
        (root / ".vivekignore").symlink_to(tmp_path / "rules")

    assert not IgnoreFiles(root).is_hidden("a.py")


def test_an_endless_ignore_file_is_read_to_its_limit_and_takes_no_time(root: Path) -> None:
    started = time.process_time()
    with (root / ".vivekignore").open("wb") as file:
        file.write(b"*.log\n")
        file.truncate(1 << 32)

    assert IgnoreFiles(root).is_hidden("a.log")
    (root / ".vivekignore").write_bytes(b"*.log\n" + b"*a*\n" * 1_000_000)
    assert IgnoreFiles(root).is_hidden("b.log")
    assert not IgnoreFiles(root).is_hidden("b.txt")
    assert time.process_time() - started < 2


def test_many_files_are_kept_or_left_out_as_each_one_would_be_alone(root: Path) -> None:
    rules = {"": "*.log\n/build/\n!keep.log\ndeep/**/x\n", "a": "b/\n!c.log\n", "a/d": "*\n!*.py\n", "ü": "naïve*\n"}
    for folder, text in rules.items():
        (root / folder).mkdir(parents=True, exist_ok=True)
        (root / folder / ".vivekignore").write_text(text)
    folders = ["", "a/", "a/b/", "a/d/", "a/d/e/", "build/", "build/in/", "deep/er/", "ü/", "./", "a//d/", "gone/"]
    names = ["x", "x.log", "keep.log", "c.log", "a.py", "naïve.txt", ".vivekignore", "half\udc80", "build"]
    paths = [folder + name for folder in folders for name in names]

    kept = IgnoreFiles(root).kept(paths)

    assert kept == [path for path in paths if not IgnoreFiles(root).matches(path)]
    assert 0 < len(kept) < len(paths)
