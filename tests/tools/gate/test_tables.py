"""Every row of the gate's tables of commands is felt: a word that is lost from one, or misspelt, is seen here."""

import pytest

from vivek.tools.gate.dangers import catastrophe, destruction, subcommand
from vivek.tools.gate.network import reach
from vivek.tools.gate.projects import is_project_command, is_python, memory_of, python_module
from vivek.tools.gate.rough import rough_commands
from vivek.tools.gate.wrappers import is_wrapper, unwrap

DESTROYING = {
    "{} x": "rm rmdir unlink shred truncate dd wipefs srm kill pkill killall shutdown reboot halt poweroff fdisk "
    "parted dropdb dropuser crontab chown chmod umount",
    "git {} x": "clean restore rm rebase filter-branch filter-repo prune",
    "git reset {}": "--hard --merge --keep",
    "git push {}": "--force -f --force-with-lease --delete -d --mirror --prune --force-if-includes +main :main",
    "git checkout {}": ". -- -f --force -B --ours --theirs",
    "git switch {}": "-f --force --discard-changes -C",
    "git branch {}": "-D -d --delete -M -f --force -C",
    "git stash {}": "drop clear pop",
    "git tag {}": "-d --delete -f --force",
    "git update-ref {}": "-d --delete",
    "git reflog {}": "expire delete",
    "git gc {}": "--prune --aggressive",
    "git worktree {}": "remove prune",
    "git submodule {}": "deinit",
    "git commit {}": "--amend",
    "docker {}": "rm rmi",
    "docker system {}": "prune",
    "docker volume {}": "rm prune",
    "docker container {}": "rm prune",
    "docker compose {}": "down rm",
    "kubectl {}": "delete drain",
    "terraform {}": "destroy apply",
    "redis-cli {}": "flushall flushdb",
    "npm {}": "unpublish publish",
    "cargo {}": "publish clean",
    "gh repo {}": "delete",
    "gh release {}": "delete",
    "find . {}": "-delete -exec -execdir -ok -okdir",
    "rsync {}": "--delete --remove-source-files",
}
REACHING = {
    "{} x": "curl wget aria2c http https xh ssh scp sftp ftp telnet nc ncat netcat socat ping ping6 traceroute mtr "
    "nslookup dig host whois rsync rclone svn hg gh glab aws gcloud az kubectl helm docker podman terraform ansible "
    "nmap openssl lynx w3m mail sendmail psql mysql redis-cli mongosh",
    "git {} x": "clone fetch pull push ls-remote submodule archive send-email lfs",
    "npm {} x": "publish login view search audit outdated whoami",
    "cargo {} x": "publish search login yank",
}
INSTALLING = {
    "{} x": "npx uvx pipx bunx apt apt-get aptitude dnf yum apk pacman zypper brew port snap flatpak conda mamba "
    "micromamba nix nix-env nix-shell rustup nvm pyenv rbenv asdf sdk corepack easy_install cpan luarocks cabal opam",
    "{}": "yarn pnpm",
    "pip {} x": "install download wheel index",
    "npm {} x": "install i ci add update exec x create init link install-test it",
    "yarn {} x": "add install dlx create up upgrade global",
    "pnpm {} x": "add install i dlx create update up",
    "bun {} x": "add install i x create update upgrade",
    "uv {} x": "add sync pip tool lock python self",
    "poetry {} x": "add install update lock self",
    "pdm {} x": "add install update lock sync",
    "cargo {} x": "install add fetch update binstall",
    "go {} x": "get install mod generate",
    "gem {} x": "install update fetch",
    "bundle {} x": "install update add",
    "composer {} x": "install require update create-project global",
    "dotnet {} x": "add restore tool new",
    "mix {} x": "deps.get deps.update archive.install local.hex",
    "deno {} x": "install add cache upgrade run",
}
OWN = {
    "{} x": "pytest py.test tox nox coverage ruff mypy pyright black isort flake8 pylint python python3 node ruby perl "
    "php lua tsc eslint prettier jest vitest mocha biome make gmake ninja cmake ctest just task gcc g++ cc c++ clang "
    "clang++ rustc javac java kotlinc ghc gofmt rustfmt clang-format rspec rake rubocop phpunit gradle ./gradlew mvn "
    "./mvnw ant sbt shellcheck yamllint djlint stylelint mkdir touch cp mv patch",
    "cargo {} x": "bench build check clippy doc fmt metadata run test tree",
    "dotnet {} x": "build format run test",
    "go {} x": "build doc env fmt list run test version vet",
    "mix {} x": "compile format test",
    "swift {} x": "build test",
    "zig {} x": "build fmt test",
    "{} run x": "npm yarn pnpm bun",
    "npm {} x": "run run-script test t",
    "{} run pytest": "uv poetry hatch pdm bundle",
    "{} exec pytest": "uv poetry hatch pdm bundle",
}
VALUED = {
    "time": "-f -o",
    "timeout": "-k -s --kill-after --signal",
    "nice": "-n --adjustment",
    "ionice": "-c -n -p",
    "stdbuf": "-i -o -e",
    "exec": "-a",
    "env": "-u --unset -C --chdir -S --split-string",
    "sudo": "-u -g -h -p -C -T -D -R",
    "doas": "-u -C",
    "watch": "-n -d --interval",
    "xargs": "-I -n -P -L -d -E -s -a",
    "parallel": "-j",
    "caffeinate": "-t -w",
    "strace": "-e -o -p",
}


def words(text: str) -> list[str]:
    """Return the words of a text; a list of so many quotes reads badly."""
    return text.split()


def every(table: dict[str, str]) -> list[str]:
    """Return the commands that a table stands for."""
    return [form.format(word) for form, row in table.items() for word in words(row)]


@pytest.mark.parametrize("command", every(DESTROYING))
def test_every_command_that_can_destroy_work_is_known(command: str) -> None:
    assert destruction(command.split())


@pytest.mark.parametrize("command", every(REACHING))
def test_every_command_that_reaches_other_machines_is_known(command: str) -> None:
    assert (reach(command.split()) or ("", ""))[0] == "network"


@pytest.mark.parametrize("command", every(INSTALLING))
def test_every_command_that_brings_programs_is_known(command: str) -> None:
    assert (reach(command.split()) or ("", ""))[0] == "install"


@pytest.mark.parametrize("command", every(OWN))
def test_every_command_of_a_project_is_known(command: str) -> None:
    assert is_project_command(command.split())


@pytest.mark.parametrize("module", words("pip ensurepip pipx uv easy_install webbrowser"))
def test_a_module_of_python_that_fetches_is_no_command_of_the_project(module: str) -> None:
    assert not is_project_command(["python", "-m", module])
    assert python_module(["-W", "x", "-X", "y", "-Im", module, "z"]) == (module, "z")
    assert is_python("pypy3.11")
    assert not is_python("pythonic")


@pytest.mark.parametrize(
    "folder",
    words(
        "bin boot dev etc home lib lib64 media mnt opt proc root run sbin srv sys usr var Applications Library System "
        "Users Volumes private home/tess Users/tess private/etc usr/local var/lib"
    ),
)
def test_to_delete_a_folder_of_the_system_is_a_catastrophe(folder: str) -> None:
    for option in ("-r", "-R", "-fr", "--recursive"):
        assert catastrophe(["rm", option, f"/{folder}/"])
        assert catastrophe(["srm", option, f"/{folder}"])
    assert catastrophe(["shred", f"/{folder}"])
    assert catastrophe(["find", f"/{folder}", "-delete"])
    for command in ("chmod", "chown", "chgrp"):
        assert catastrophe([command, "-R", "x", f"/{folder}"])
        assert not catastrophe([command, "x", f"/{folder}"])
    assert catastrophe(["mv", f"/{folder}", "x"])
    assert not catastrophe(["mv", "x", f"/{folder}"])
    assert not catastrophe(["rm", "-r", f"/work/{folder}/x"])


@pytest.mark.parametrize("disk", words("sda hda nvme0n1 vda xvda mmcblk0 disk1 rdisk1 mapper/x"))
def test_to_write_over_a_disk_is_a_catastrophe(disk: str) -> None:
    for command in (["dd", f"of=/dev/{disk}"], *([name, f"/dev/{disk}"] for name in ("tee", "cp", "cat", "shred"))):
        assert catastrophe(command)
    assert not catastrophe(["ls", f"/dev/{disk}"])
    assert catastrophe(["mkfs.ext4", "x"]) == catastrophe(["wipefs", "x"]) != ""


@pytest.mark.parametrize("option", words("-C -c --git-dir --work-tree --namespace --prefix --context -H"))
def test_the_value_of_a_programs_own_option_is_no_subcommand(option: str) -> None:
    assert subcommand(["x", option, "log", "push"]) == ["push"]


@pytest.mark.parametrize(
    "name",
    ["nohup", "setsid", "command", "builtin", "su", "busybox", "unshare", *VALUED, "chroot", "eval", "source", "."],
)
def test_every_wrapper_is_known(name: str) -> None:
    wrapped = unwrap([name, *(["x"] if name in ("timeout", "chroot") else []), "ls", "-l"])

    assert is_wrapper(name)
    assert wrapped is not None
    assert wrapped.inner == (None if name in ("eval", "source", ".") else ("ls", "-l"))
    assert wrapped.transparent is (name in ("time", "timeout", "nice", "nohup", "stdbuf", "command"))


@pytest.mark.parametrize(("name", "option"), [(name, word) for name, row in VALUED.items() for word in words(row)])
def test_the_value_of_a_wrappers_option_is_not_the_command(name: str, option: str) -> None:
    wrapped = unwrap([name, option, "value", *(["5"] if name == "timeout" else []), "ls"])

    assert wrapped is not None
    assert wrapped.inner == ("ls",)
    plain = {"timeout": ("-k", "-s"), "nice": ("-n",), "stdbuf": ("-i", "-o", "-e")}
    assert wrapped.transparent is (option in plain.get(name, ()))


@pytest.mark.parametrize("name", words("sh bash dash zsh ksh ash"))
def test_every_shell_is_known(name: str) -> None:
    wrapped = unwrap([name, "-c", "ls"])

    assert is_wrapper(name)
    assert wrapped is not None
    assert (wrapped.script, wrapped.transparent) == ("ls", True)


@pytest.mark.parametrize("name", words("do then else if elif while until ! { time in A=1 a+=b"))
def test_what_stands_before_a_command_is_skipped_in_a_rough_look(name: str) -> None:
    assert list(rough_commands(f"{name} rm x")) == [("rm", "x")]


@pytest.mark.parametrize(
    "name",
    words(
        "git cargo go docker kubectl dotnet mix swift zig uv poetry hatch pdm bundle gh terraform systemctl gradle mvn"
    ),
)
def test_always_goes_by_the_subcommand_where_that_says_enough(name: str) -> None:
    assert memory_of([name, "build", "x"], "all of it") == f"{name} build"
    assert memory_of([name, "-q", "x"], "all of it") in ("all of it", name)


@pytest.mark.parametrize("name", words("python python3 node ruby perl php lua bash sh java make just task ./gradlew"))
def test_always_holds_for_all_the_words_where_these_decide(name: str) -> None:
    assert memory_of([name, "build", "x"], "all of it") == "all of it"
