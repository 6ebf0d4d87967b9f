"""Commands that reach other machines, and among them those that bring code from there."""

from collections.abc import Sequence

from vivek.tools.gate.dangers import subcommand
from vivek.tools.gate.projects import is_python, python_module

_REACH = frozenset(
    {
        *(
            "curl",
            "wget",
            "aria2c",
            "http",
            "https",
            "xh",
            "ssh",
            "scp",
            "sftp",
            "ftp",
            "telnet",
            "nc",
            "ncat",
            "netcat",
        ),
        *("socat", "ping", "ping6", "traceroute", "mtr", "nslookup", "dig", "host", "whois", "rsync", "rclone", "svn"),
        *("hg", "gh", "glab", "aws", "gcloud", "az", "kubectl", "helm", "docker", "podman", "terraform", "ansible"),
        *("nmap", "openssl", "lynx", "w3m", "mail", "sendmail", "psql", "mysql", "redis-cli", "mongosh"),
    }
)
_INSTALL = frozenset(
    {
        *("npx", "uvx", "pipx", "bunx", "apt", "apt-get", "aptitude", "dnf", "yum", "apk", "pacman", "zypper", "brew"),
        *("port", "snap", "flatpak", "conda", "mamba", "micromamba", "nix", "nix-env", "nix-shell", "rustup", "nvm"),
        *("pyenv", "rbenv", "asdf", "sdk", "corepack", "easy_install", "cpan", "luarocks", "cabal", "opam"),
    }
)
_REACH_WORDS: dict[str, frozenset[str]] = {
    "git": frozenset({"clone", "fetch", "pull", "push", "ls-remote", "submodule", "archive", "send-email", "lfs"}),
    "npm": frozenset({"publish", "login", "view", "search", "audit", "outdated", "whoami"}),
    "cargo": frozenset({"publish", "search", "login", "yank"}),
}
_INSTALL_WORDS: dict[str, frozenset[str]] = {
    "pip": frozenset({"install", "download", "wheel", "index"}),
    "npm": frozenset(
        {"install", "i", "ci", "add", "update", "exec", "x", "create", "init", "link", "install-test", "it"}
    ),
    "yarn": frozenset({"add", "install", "dlx", "create", "up", "upgrade", "global"}),
    "pnpm": frozenset({"add", "install", "i", "dlx", "create", "update", "up"}),
    "bun": frozenset({"add", "install", "i", "x", "create", "update", "upgrade"}),
    "uv": frozenset({"add", "sync", "pip", "tool", "lock", "python", "self"}),
    "poetry": frozenset({"add", "install", "update", "lock", "self"}),
    "pdm": frozenset({"add", "install", "update", "lock", "sync"}),
    "cargo": frozenset({"install", "add", "fetch", "update", "binstall"}),
    "go": frozenset({"get", "install", "mod", "generate"}),
    "gem": frozenset({"install", "update", "fetch"}),
    "bundle": frozenset({"install", "update", "add"}),
    "composer": frozenset({"install", "require", "update", "create-project", "global"}),
    "dotnet": frozenset({"add", "restore", "tool", "new"}),
    "mix": frozenset({"deps.get", "deps.update", "archive.install", "local.hex"}),
    "deno": frozenset({"install", "add", "cache", "upgrade", "run"}),
}


def reach(argv: Sequence[str]) -> tuple[str, str] | None:
    """Return the rule and the reason when a command is known to reach other machines.

    Args:
        argv: The command, its name without a folder.
    """
    name, words = argv[0], argv[1:]
    if is_python(name) and (module := python_module(words)):
        name, words = module[0], module[1:]
    elif name.startswith("pip") and name[3:].replace(".", "").isdigit():
        name = "pip"
    if name in _INSTALL:
        return "install", f"`{name}` brings programs from the network."
    if name in _REACH:
        return "network", f"`{name}` reaches other machines."
    following = subcommand((name, *words))
    first = following[0] if following else "install" if name in ("yarn", "pnpm") else ""
    if first in _INSTALL_WORDS.get(name, frozenset()):
        what = " ".join(word for word in following[1:] if not word.startswith("-"))
        return "install", f"`{name} {first}` brings {f'`{what}`' if what else 'packages'} from the network."
    if first in _REACH_WORDS.get(name, frozenset()):
        return "network", f"`{name} {first}` reaches other machines."
    return None
