"""Finds the code that a request is about, without a model: files to show, parts of files, and a map where nothing fits.

Parts are kept by hash until the executor has shown them, so that a turn that broke off goes on with the same ones.
"""

import asyncio
import hashlib
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from vivek.edits.codec import Undecodable, decode
from vivek.errors import WorkspaceError
from vivek.flows.bench import Source
from vivek.flows.chat.desk import SHOWN_SHARE
from vivek.flows.chat.found import mark, pack_found
from vivek.flows.chat.state import ChatState, StateUpdate
from vivek.flows.context import NodeContext
from vivek.project.map import draw
from vivek.project.mentions import Mentions, mentions, named_parts
from vivek.project.ranking import rank
from vivek.project.snippets import cut
from vivek.project.telling import tell
from vivek.project.words import read_request
from vivek.prompts.estimate import rough
from vivek.prompts.fence import fenced
from vivek.schema.events import Notice
from vivek.schema.index import ContextGathered, Definition, Ranked, Snippet
from vivek.schema.plan import Plan

FOUND_SHARE = 8
"""Parts of files may take one part in so many of the window."""

MOST_FOUND = 1_500
"""Tokens that they take at most: more is read slowly and helps little."""

NAMED_SHARE = 4
MOST_NAMED = 2_500
"""The same for definitions that the request names: they are what it is about."""

MAP_SHARE = 8
MOST_MAPPED = 1_000
"""The same for a map."""

WHOLE_SHARE = 3
"""A file is shown whole because of a name in the request only if it takes less than one part in so many."""

_FILES = 6
_WEAK = 0.25
_SURE = 0.5
_CANDIDATES = 5
_PLEASANTRIES = frozenset({"thank", "thanks", "lot", "hello", "hey", "great", "nice", "cool", "perfect", "bye"})


@dataclass(frozen=True, slots=True)
class Looked:
    """What was found for a request.

    Attributes:
        source: What was asked, None when there is nothing to ask.
        request: The words of the user.
        ranked: Files that fit, the best first.
        mentioned: Definitions that the request names.
    """

    source: Source | None = None
    request: str = ""
    ranked: tuple[Ranked, ...] = ()
    mentioned: Mentions = field(default_factory=Mentions)


async def look(request: str, named: Sequence[str], ctx: NodeContext) -> Looked:
    """Look for what a request is about; where it names its files, only for the definitions it names beside them.

    Args:
        request: The words of the user.
        named: Files that it names.
        ctx: Knows the project.
    """
    source = await ctx.knowledge.look(request, ctx.emit)
    if source is None:
        return Looked()
    looked = await asyncio.to_thread(_looked, request, named, source, ctx)
    for name, found in looked.mentioned.doubtful.items():
        ctx.emit(Notice(doubt_of(name, found)))
    for name in looked.mentioned.unknown:
        ctx.emit(Notice(f"There is no `{name}`."))
    return looked


def doubt_of(name: str, found: Sequence[Definition]) -> str:
    """Return that a name fits several definitions, and which."""
    places = ", ".join(f"{each.name} in {each.path}:{each.line}" for each in found[:_CANDIDATES])
    more = f" and {len(found) - _CANDIDATES} more" if len(found) > _CANDIDATES else ""
    return f"`{name}` may mean {places}{more}."


def overview(looked: Looked, ctx: NodeContext) -> str:
    """Return a map of the project with what was found first, fenced; "" where there is no index to draw it from."""
    if looked.source is None or looked.source.name != "index":
        return ""
    room = min(ctx.window // MAP_SHARE, MOST_MAPPED)
    drawn = draw(looked.source.lookup, tokens=room, count=_count, focus=[each.path for each in looked.ranked])
    return fenced("Map of the project:", drawn) if drawn else ""


async def gather(looked: Looked, plan: Plan, state: ChatState, ctx: NodeContext) -> StateUpdate:
    """Return the files that a plan wants shown whole, the parts of others that may help, else a map.

    Args:
        looked: What was found.
        plan: What the turn does.
        state: The state with what this generation holds of the project.
        ctx: What the node may touch.
    """
    files = [*plan.files]
    if looked.source is None or plan.question:
        return {"files": files, "found": [], "overview": ""}
    if plan.kind == "change":
        files += [path for path in looked.mentioned.paths if path not in files and _is_handy(path, ctx)]
    held = _Held(state.get("shown") or {}, state.get("glimpsed") or ())
    snippets = await asyncio.to_thread(_snippets, looked, files, held, ctx)
    whole = [each.path for each in snippets if _is_whole(each, ctx)]
    files += [path for path in whole if path not in files]
    found = [each for each in snippets if each.path not in files]
    if snippets or looked.mentioned.meant:
        parts = tuple((each.path, each.line, each.end_line, each.why) for each in snippets)
        ctx.emit(ContextGathered(looked.source.name, parts, sum(_count(each.text) for each in snippets)))
    drawn = "" if files or found else await asyncio.to_thread(overview, looked, ctx)
    return {
        "files": files,
        "found": [pack_found(each, data, ctx) for each in found if (data := _readable(each.path, ctx)) is not None],
        "overview": ctx.store.put_text(drawn) if drawn else "",
    }


@dataclass(frozen=True, slots=True)
class _Held:
    """What this generation holds: whole files by hash, and marks of parts."""

    shown: Mapping[str, str]
    marks: Sequence[str]


def _looked(request: str, named: Sequence[str], source: Source, ctx: NodeContext) -> Looked:
    mentioned = mentions(request, source.lookup, ctx.list_files())
    if named or not _says_enough(request, mentioned):
        return Looked(source, request, (), mentioned)
    changed = [path for turn in reversed(ctx.journal.turns(ctx.thread_id)) for path in turn.paths]
    recent = tuple(dict.fromkeys((*changed, *source.history.recent)))
    ranked = rank(request, source.lookup, recent=recent, together=source.history.together, near=source.near)
    # A search has read only the files that define something; of the others it knows no more than the name.
    if source.name != "index":
        ranked = tuple(each for each in tell(request, ranked, source.lookup) if each.definitions)
    return Looked(source, request, ranked, mentioned)


def _says_enough(request: str, mentioned: Mentions) -> bool:
    """Tell whether a request speaks of anything in particular: `thanks` would find something too."""
    asked = read_request(request)
    named = bool(mentioned.meant or mentioned.doubtful)
    return named or not _PLEASANTRIES.issuperset(asked.words) or any(sure > _SURE for sure in asked.names.values())


def _snippets(looked: Looked, files: Sequence[str], held: _Held, ctx: NodeContext) -> tuple[Snippet, ...]:
    """Return the parts of files that fit the room and are not held yet."""
    source = looked.source
    if source is None:
        return ()
    room = min(ctx.window // FOUND_SHARE, MOST_FOUND) // (2 if files or looked.mentioned.meant else 1)
    best = looked.ranked[0].score if looked.ranked else 0.0
    strong = [each for each in looked.ranked if each.score >= _WEAK * best and each.path not in files][:_FILES]
    meant = [each for each in _as_ranked(looked.mentioned) if each.path not in files]
    merged: dict[str, Ranked] = {}
    for each in [*meant, *tell(looked.request, strong, source.lookup)]:
        before = merged.get(each.path)
        more = tuple(dict.fromkeys([*(before.definitions if before else ()), *each.definitions]))
        merged[each.path] = replace(before or each, definitions=more)

    def read(path: str) -> bytes | None:
        data = _readable(path, ctx)
        return None if data is None or held.shown.get(path) == hashlib.sha256(data).hexdigest() else data

    named = named_parts(looked.mentioned, read, _count, min(ctx.window // NAMED_SHARE, MOST_NAMED))
    chosen = cut([*merged.values()][:_FILES], source.lookup, read, _count, room)
    known = {(each.path, each.line) for each in named}
    others = (each for each in chosen if (each.path, each.line) not in known and not _within(each, named))
    return tuple(each for each in (*named, *others) if mark(each) not in held.marks)


def _within(snippet: Snippet, others: Sequence[Snippet]) -> bool:
    return snippet.line > 0 and any(
        each.path == snippet.path and each.line <= snippet.line and snippet.end_line <= each.end_line for each in others
    )


def _as_ranked(mentioned: Mentions) -> list[Ranked]:
    """Return what a request names as files that were ranked first; of a doubtful name the first candidates."""
    doubtful = [each for found in mentioned.doubtful.values() for each in found[:2]]
    return [Ranked(each.path, math.inf, (f"defines {each.name}",), (each,)) for each in (*mentioned.meant, *doubtful)]


def _readable(path: str, ctx: NodeContext) -> bytes | None:
    if ctx.bench.may_read(path) is not None:
        return None
    try:
        return ctx.files.read(path)
    except WorkspaceError:
        return None


def _is_handy(path: str, ctx: NodeContext) -> bool:
    """Tell whether a file can be shown whole without filling the window."""
    data = _readable(path, ctx)
    text = decode(data) if data is not None else None
    if text is None or isinstance(text, Undecodable):
        return False
    return _count(text.plain) * WHOLE_SHARE <= ctx.window and ctx.count(text.plain) <= SHOWN_SHARE * ctx.window


def _is_whole(snippet: Snippet, ctx: NodeContext) -> bool:
    data = _readable(snippet.path, ctx) if snippet.line == 1 else None
    text = decode(data) if data is not None else None
    return text is not None and not isinstance(text, Undecodable) and text.plain == snippet.text


def _count(text: str) -> int:
    """Return about how many tokens a text has: what is chosen here is counted again, exactly, with the whole prompt."""
    return math.ceil(rough(text))
