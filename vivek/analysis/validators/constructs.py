"""Constructs that are often a hole, as data: where they count, how they look, what to say."""

import re
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Construct:
    """One construct.

    Attributes:
        languages: Where it counts; empty for every file.
        pattern: How it looks in a line.
        text: What to say of it.
    """

    languages: frozenset[str]
    pattern: re.Pattern[str]
    text: str

    def fits(self, language: str | None) -> bool:
        """Tell whether it counts in a language."""
        return not self.languages or language in self.languages


def _in(languages: str, pattern: str, text: str) -> Construct:
    return Construct(frozenset(languages.split()), re.compile(pattern), text)


_SCRIPTS = "javascript typescript html"

CONSTRUCTS = (
    _in("python", r"(?<![\w.])(?:eval|exec)\(", "runs a text as code"),
    _in("python", r"\bshell\s*=\s*True\b", "hands a command to a shell (`shell=True`)"),
    _in("python", r"\bos\.(?:system|popen)\(", "hands a command to a shell"),
    _in("python", r"\bverify\s*=\s*False\b", "does not check certificates (`verify=False`)"),
    _in("python", r"\bssl\.(?:_create_unverified_context|CERT_NONE)\b", "does not check certificates"),
    _in("python", r"\b(?:c?[Pp]ickle|dill|shelve|marshal|joblib)\.(?:loads?|open)\(", "loads data that can run code"),
    _in("python", r"\byaml\.(?:unsafe_)?load\((?!.*Safe)", "loads YAML that can run code"),
    _in("python", r"\b(?:torch|numpy|np)\.load\((?!.*weights_only\s*=\s*True)(?=.*(?:allow_pickle\s*=\s*True|torch))",
        "loads data that can run code"),
    _in("python", r"\bhashlib\.(?:md5|sha1)\(|\bHASH_MD5\b", "uses a hash that is broken"),
    _in("python", r"\btempfile\.mktemp\(", "makes a temporary name that others can take"),
    _in("python", r"\bdebug\s*=\s*True\b", "switches debugging on"),
    _in("python", r"\b(?:extractall|unpack_archive)\((?!.*filter)", "unpacks an archive without a filter"),
    _in("python", r"\bautoescape\s*=\s*False\b|\bmark_safe\(", "shows text without escaping it"),
    _in(_SCRIPTS, r"(?<![\w.])eval\(|\bnew Function\(", "runs a text as code"),
    _in(_SCRIPTS, r"\.(?:innerHTML|outerHTML)\s*=|\bdocument\.write\(|\bdangerouslySetInnerHTML\b",
        "shows text without escaping it"),
    _in(_SCRIPTS, r"\bchild_process\b.*\bexec\b|\bexecSync\(", "hands a command to a shell"),
    _in(_SCRIPTS, r"\brejectUnauthorized\s*:\s*false\b|NODE_TLS_REJECT_UNAUTHORIZED", "does not check certificates"),
    _in("go", r"\bInsecureSkipVerify\s*:\s*true\b", "does not check certificates"),
    _in("rust", r"\bunsafe\s*(?:\{|fn\b|impl\b)", "is unsafe Rust"),
    _in("rust", r"\bdanger_accept_invalid_certs\(\s*true", "does not check certificates"),
    _in("c cpp", r"\b(?:gets|strcpy|strcat|sprintf|system)\(", "calls a function without bounds, or a shell"),
    _in("php", r"\b(?:eval|shell_exec|passthru|unserialize)\(", "runs a text as code, or a shell"),
    _in("ruby", r"\b(?:Marshal|YAML)\.load\(|(?<![\w.])eval\b", "loads data that can run code"),
    _in("java kotlin", r"\bObjectInputStream\b|\bRuntime\.getRuntime\(\)\.exec\(",
        "loads data that can run code, or a shell"),
    _in("", r"\bchmod\b.{0,40}\b0?o?777\b", "lets everybody write (777)"),
    _in("", r"\b(?:curl|wget)\b[^|\n]{0,300}\|\s*(?:sudo\s+)?(?:\w*sh|python[\d.]*|node|perl|ruby)\b",
        "runs what it downloads"),
    _in("", r"\bGIT_SSL_NO_VERIFY\b|--no-check-certificate\b|\bcurl\b.{0,300}\s(?:-k|--insecure)\b",
        "does not check certificates"),
    _in("", r"-----BEGIN [A-Z ]*PRIVATE KEY-----", "holds a private key"),
    _in("docker", r"^\s*USER\s+root\b|--privileged\b", "runs as root"),
    _in("yaml docker", r"\bprivileged:\s*true\b|\bpull_request_target\b", "gives more rights than most jobs need"),
)  # fmt: skip
