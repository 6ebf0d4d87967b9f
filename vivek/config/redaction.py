"""Takes secrets out of any text before it is logged, stored or shown. What it cannot recognise, it cannot take out."""

import re
from collections.abc import Callable, Collection, Iterable

from vivek.schema.secret import Secret

MARK = "[redacted]"
_SHORTEST = 8
_remembered: set[Secret] = set()

# Only what can be the body of a key counts: sentences about such blocks stay. A block may be cut, as in a log.
_KEY_BLOCK = re.compile(
    r"(-----BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----)"
    r"(?:\s+(?:Proc-Type|DEK-Info|Version|Comment):[^\n]{0,200})*"
    r"(?:(?:\s|\\[nr]|[\"'|>]){1,40}[A-Za-z0-9+/=]{16,})+(?:(?:\s|\\[nr]|[\"'|>]){1,40}[A-Za-z0-9+/=]{1,15}(?![\w-]))?"
)
# Keys that say by their beginning what they are. The first group stays readable: it tells whose key it was.
_TOKENS = re.compile(
    r"(?<![A-Za-z0-9])(?:"
    r"(gh[pousr]_)[A-Za-z0-9]{30,255}"
    r"|(github_pat_)[A-Za-z0-9_]{22,255}"
    r"|(glpat-)[A-Za-z0-9_-]{20,64}"
    r"|(xox[abeprs]-)[A-Za-z0-9-]{10,250}"
    r"|(?<![_-])(sk-(?:ant-|proj-|or-|svcacct-)?)(?=[\w-]{0,250}\d)(?=[\w-]{0,250}[A-Za-z0-9]{16})[A-Za-z0-9_-]{20,250}"
    r"|([rs]k_(?:live|test)_)[A-Za-z0-9]{16,250}"
    r"|(AKIA|ASIA)[0-9A-Z]{16}(?![0-9A-Za-z])"
    r"|(AIza)[0-9A-Za-z_-]{35}"
    r"|(hf_)[A-Za-z0-9]{30,64}"
    r"|(npm_)[A-Za-z0-9]{36}"
    r"|(pypi-)[A-Za-z0-9_-]{50,250}"
    r"|(?<![_-])(eyJ)[A-Za-z0-9_-]{8,4000}\.eyJ[A-Za-z0-9_-]{8,8000}\.[A-Za-z0-9_-]{8,2000}"
    r")"
)
_HEADER = re.compile(
    r"(?i)\b((?:proxy-)?authorization[\"']?\s{0,3}[:=]\s{0,3}[\"']?(?:bearer|basic|token|digest)\s{1,3})[^\s\"',;]{4,4000}"
)
_KEY_HEADER = re.compile(r"(?i)\b(x-(?:api-key|auth-token|goog-api-key)[\"']?\s{0,3}:\s{0,3}[\"']?)[^\s\"',;]{4,4000}")
_BEARER = re.compile(r"\b([Bb]earer\s{1,3})(?=[A-Za-z0-9._~+/=-]{0,4000}\d)[A-Za-z0-9._~+/=-]{16,4000}")
_URL_PASSWORD = re.compile(
    r"(\b[a-z][a-z0-9+.-]{1,20}://[^\s/:@\"'<>{}$%]{0,100}:)(?!pass(?:word)?@)[^\s/@\"'<>{}$]{1,200}(?=@[\w.\[-])"
)
# Credentials in the settings of package managers.
_REGISTRY = re.compile(r"(:_(?:authToken|auth|password)\s{0,3}=\s{0,3}[\"']?)[^\s\"'${}]{8,400}")

_NAME = (
    r"(?:password|passwd|passphrase|pwd|secret|secret[_-]?key|api[_-]?key|access[_-]?key|access[_-]?token"
    r"|auth[_-]?token|private[_-]?key|token)"
)
_QUOTED = re.compile(rf"(?i)({_NAME}[\"']?\s{{0,3}}(?::|=>?|:=)\s{{0,3}}([\"']))([^\"'\s\\]{{4,400}})(\2)")
# Without quotes only the forms of shells, .env files and URLs: in code the right side is a name.
_BARE = re.compile(
    rf"(?im)((?:^[ \t]{{0,40}}(?:export[ \t]+)?|[ \t]--?|[?&;])[\w-]{{0,40}}?{_NAME}=)"
    r"([^\s\"'`,;&()\[\]{}<>$\\]{4,400})(?=[\s&;]|$)"
)
_WORDS = re.compile(
    r"(?i)password|passwd|passphrase|secret|token|api.?key|access.?key|private.?key|credential|example|placeholder"
)
_CODE = re.compile(
    r"[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)+|none|null|true|false|undefined|xxx+|\*+|\.{3,}|%\w|%\(\w+\)s", re.I
)
_TOKEN_NAME = re.compile(r"(?i)(?<!auth)(?<!access)(?<!auth[_-])(?<!access[_-])token[\"']?\s*(?::|=>?|:=)\s*[\"']?$")


def remember(secret: Secret) -> None:
    """Take this secret out of every text from now on, whatever it looks like."""
    _remembered.add(secret)


def redact(text: str, known: Collection[str] = ()) -> str:
    """Return a text with its secrets replaced by a mark.

    Keys of well-known services, private keys, authorization headers, passwords in URLs, and values assigned to names
    such as `password` or `api_key` are recognised, and what `remember` was told.

    Args:
        text: Any text.
        known: Secrets that vivek itself was given; they are taken out wherever they stand.
    """
    return replaced(text, secret_spans(text, known), lambda _: MARK)


def replaced(text: str, spans: Iterable[tuple[int, int]], put: Callable[[str], str]) -> str:
    """Return a text with its spans replaced by what `put` makes of them; overlapping ones count as one."""
    parts, end = [], 0
    for start, stop in merged(spans):
        parts += [text[end:start], put(text[start:stop])]
        end = stop
    return "".join([*parts, text[end:]])


def secret_spans(text: str, known: Collection[str] = ()) -> list[tuple[int, int]]:
    """Return where secrets stand in a text, in no order and perhaps overlapping; what tells whose they are is left out.

    Args:
        text: Any text.
        known: Secrets that vivek itself was given.
    """
    # A header's value may begin with a word that is no secret, as in `Bearer KEY`.
    remembered = {secret.reveal().rpartition(" ")[2] for secret in _remembered}
    spans = []
    for secret in {*known, *remembered}:
        if len(secret) >= _SHORTEST:  # a shorter one would tear ordinary words apart
            spans += [(found.start(), found.end()) for found in re.finditer(re.escape(secret), text)]
    for pattern in (_KEY_BLOCK, _HEADER, _KEY_HEADER, _BEARER, _URL_PASSWORD, _REGISTRY):
        spans += [(found.end(1), found.end()) for found in pattern.finditer(text)]
    spans += [(found.end(found.lastindex or 0), found.end()) for found in _TOKENS.finditer(text)]
    spans += [each.span(3) for each in _QUOTED.finditer(text) if _is_secret(each[1].rstrip("\"'"), each[3])]
    return spans + [each.span(2) for each in _BARE.finditer(text) if _is_secret(each[1], each[2])]


def merged(spans: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    """Return spans in their order, those that overlap as one, without empty ones."""
    joined: list[tuple[int, int]] = []
    for start, stop in sorted(spans):
        if joined and start < joined[-1][1]:
            joined[-1] = (joined[-1][0], max(stop, joined[-1][1]))
        elif stop > start:
            joined.append((start, stop))
    return joined


def _is_secret(name: str, value: str) -> bool:
    if _WORDS.search(value) or _CODE.fullmatch(value):
        return False
    if _TOKEN_NAME.search(name):  # parsers have tokens too; a secret one is long and has digits
        return len(value) >= 16 and any(char.isdigit() for char in value)
    return True
