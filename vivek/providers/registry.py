"""From a name to a provider. An adapter is imported when it is asked for, by a statement that tools can follow.

To add one: its opener, and its line in `PROVIDERS`. Nothing else here knows a provider by name.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace

from vivek.errors import ConfigError
from vivek.providers.base import Entry, Provider
from vivek.providers.catalog import nearest
from vivek.providers.resilience import PatientProvider
from vivek.providers.spec import Folders, ModelSpec, Opening, PatienceSpec
from vivek.providers.validation import check_request
from vivek.schema.process import Launcher
from vivek.schema.secret import Secret


def _ollama(asked: Opening) -> Provider:
    from vivek.providers.adapters.ollama import OllamaProvider

    return OllamaProvider(asked.base_url, asked.key)


def _llamacpp(asked: Opening) -> Provider:
    from vivek.providers.adapters.llamacpp import LlamaCppProvider

    return LlamaCppProvider(asked.base_url, asked.key)


def _lmstudio(asked: Opening) -> Provider:
    from vivek.providers.adapters.lmstudio import LMStudioProvider

    return LMStudioProvider(asked.base_url, asked.key)


def _openai(asked: Opening) -> Provider:
    from vivek.providers.adapters.openai import OpenAIProvider

    return OpenAIProvider(asked.base_url, asked.key)


def _openrouter(asked: Opening) -> Provider:
    from vivek.providers.adapters.openrouter import OpenRouterProvider

    return OpenRouterProvider(asked.base_url, asked.key)


def _openai_compat(asked: Opening) -> Provider:
    from vivek.providers.adapters.openai_compat import OpenAICompatProvider

    return OpenAICompatProvider(asked.base_url, asked.key)


def _anthropic(asked: Opening) -> Provider:
    from vivek.providers.adapters.anthropic import AnthropicProvider

    return AnthropicProvider(asked.base_url, asked.key)


def _local(asked: Opening) -> Provider:
    if asked.launcher is None or asked.folders is None:
        raise ConfigError("The embedded engine cannot be started from here.", hint="Choose a model of a server.")
    from vivek.providers.adapters.embedded import EmbeddedProvider
    from vivek.providers.engine.model_files import find_model_file

    return EmbeddedProvider(
        find_model_file(asked.spec.model, asked.folders),
        launcher=asked.launcher,
        state=asked.folders.state,
        window=asked.window,
        threads=asked.threads,
        kept=asked.folders.kept,
    )


def _mlx(asked: Opening) -> Provider:
    from vivek.providers.adapters.mlx import MlxProvider
    from vivek.providers.engine.mlx.find import find_model_folder

    path = find_model_folder(asked.spec.model, asked.folders) if asked.folders else asked.path
    return MlxProvider(path, window=asked.window, kept=asked.folders.kept if asked.folders else None)


def _scripted(asked: Opening) -> Provider:
    from vivek.providers.adapters.scripted import ScriptedProvider, load_replies

    return ScriptedProvider(load_replies(asked.path))


PROVIDERS: Mapping[str, Entry] = {
    "ollama": Entry(
        "Ollama",
        "ollama/qwen2.5-coder:7b",
        _ollama,
        "http://127.0.0.1:11434",
        window="asked",
        address_variable="OLLAMA_HOST",
    ),
    "llamacpp": Entry("llama-server", "llamacpp/default", _llamacpp, "http://127.0.0.1:8080", has_default=True),
    "lmstudio": Entry(
        "LM Studio",
        "lmstudio/qwen2.5-coder-7b-instruct",
        _lmstudio,
        "http://127.0.0.1:1234",
        has_default=True,
        window="at load",
    ),
    "openai": Entry("OpenAI", "openai/NAME", _openai, "https://api.openai.com", key_variable="OPENAI_API_KEY"),
    "openrouter": Entry(
        "OpenRouter",
        "openrouter/MAKER/NAME",
        _openrouter,
        "https://openrouter.ai/api",
        key_variable="OPENROUTER_API_KEY",
    ),
    "openai_compat": Entry("OpenAI-compatible server", "openai_compat/NAME", _openai_compat, None, has_default=True),
    "anthropic": Entry(
        "Anthropic", "anthropic/NAME", _anthropic, "https://api.anthropic.com", key_variable="ANTHROPIC_API_KEY"
    ),
    "local": Entry("the embedded engine", "local/PATH.gguf", _local, window="asked"),
    "mlx": Entry("MLX", "mlx/FOLDER", _mlx, window="asked"),
    "scripted": Entry("a script", "scripted/FILE.jsonl", _scripted),
}
"""Every provider by its name, as in `provider/model`."""


def parse_model(text: str) -> ModelSpec:
    """Return the provider and the model that `text` names; the model's name may hold slashes.

    Raises:
        ConfigError: If it names no known provider, or no model.
    """
    provider, slash, model = text.strip().partition("/")
    entry = PROVIDERS.get(provider)
    if entry and (model or entry.has_default):
        return ModelSpec(provider, model or "default")
    if entry:
        raise ConfigError(f"`{text}` names no model.", hint=f"Write it like `{entry.example}`.")
    written = ", ".join(f"`{each.example}`" for each in PROVIDERS.values())
    raise ConfigError(
        f"`{text}` names no provider.", hint=f"{_guess(text, provider, slash)}Models are written {written}."
    )


def open_provider(
    spec: ModelSpec,
    *,
    base_url: str | None = None,
    key: Secret | str | None = None,
    launcher: Launcher | None = None,
    folders: Folders | None = None,
    window: int | None = None,
    threads: int | None = None,
    patience: PatienceSpec | None = None,
) -> Provider:
    """Return the provider for `spec`, patient with its server; nothing is sent or started yet.

    Args:
        spec: Which one.
        base_url: Where its server answers; None for its usual address.
        key: The server's key.
        launcher: Starts the embedded engine; needed for `local` alone.
        folders: Places on this disk; needed for `local`, used for relative paths.
        window: Tokens of the window that an embedded engine is to start with.
        threads: Threads of an embedded engine.
        patience: How often and how long a server is tried.

    Raises:
        ConfigError: If the address, the key or the script cannot be used, or something needed is missing.
        ModelNotFoundError: If a model file is not there; the hint offers the nearest names.
    """
    entry = _entry(spec)
    inner = _open(entry, Opening(spec, base_url or "", Secret.of(key), launcher, folders, window, threads))
    return PatientProvider(inner, check=check_request, spec=_patience(inner, patience or PatienceSpec()))


def open_adapter(
    spec: ModelSpec, *, base_url: str | None = None, key: Secret | str | None = None, folders: Folders | None = None
) -> Provider:
    """Return the bare adapter of a server or a script, without patience.

    Raises:
        ConfigError: If the address, the key or the script cannot be used, or the provider is not known.
    """
    return _open(_entry(spec), Opening(spec, base_url or "", Secret.of(key), folders=folders))


def usual_address(provider: str, environment: Callable[[str], str | None]) -> str | None:
    """Return the address that the environment holds for a provider, None when it holds none."""
    entry = PROVIDERS.get(provider)
    return (environment(entry.address_variable) or None) if entry and entry.address_variable else None


def usual_key(provider: str, base_url: str | None, environment: Callable[[str], str | None]) -> Secret | None:
    """Return the key that the environment holds for a provider; it is for the provider's own address and no other."""
    entry = PROVIDERS.get(provider)
    if entry is None or not entry.key_variable or not _is_own(entry, base_url):
        return None
    key = Secret.of(environment(entry.key_variable), source=f"`{entry.key_variable}`")
    return key.bound_to(entry.base_url or "") if key else None


def _patience(inner: Provider, spec: PatienceSpec) -> PatienceSpec:
    """Return the patience that fits where a provider answers."""
    if not inner.base_url.startswith(("http://", "https://")):
        # An engine of ours starts itself anew; one that cannot start or runs out of memory would only do so again.
        return replace(spec, tries=1)
    from vivek.providers.wire.address import is_loopback, parse_address

    # That nothing runs on this machine is to be told within a second.
    return replace(spec, base=spec.base / 2) if is_loopback(parse_address(inner.base_url).host) else spec


def _entry(spec: ModelSpec) -> Entry:
    try:
        return PROVIDERS[spec.provider]
    except KeyError:
        names = ", ".join(PROVIDERS)
        raise ConfigError(f"There is no provider `{spec.provider}`.", hint=f"There are {names}.") from None


def _open(entry: Entry, asked: Opening) -> Provider:
    if entry.base_url is None and not asked.base_url:
        raise ConfigError(f"`{asked.spec}` needs an address.", hint="Give it with `--base-url http://HOST:PORT/v1`.")
    if entry.key_variable and not asked.key and _is_own(entry, asked.base_url):
        msg = f"`{asked.spec}` needs a key for {entry.title}."
        raise ConfigError(msg, hint=f"Set `{entry.key_variable}`, or choose another model.")
    return entry.open(replace(asked, base_url=asked.base_url or entry.base_url or ""))


def _is_own(entry: Entry, base_url: str | None) -> bool:
    """Return whether an address is the provider's own; none given means just that."""
    if not base_url or not entry.base_url:
        return not base_url
    from vivek.providers.wire.address import is_same_place

    return is_same_place(base_url, entry.base_url)


def _guess(text: str, provider: str, slash: str) -> str:
    if text.endswith(".gguf"):
        return f"For a model file write `local/{text}`. "
    if not slash:
        return f"For a model of Ollama write `ollama/{text}`. "
    alike = nearest(provider, list(PROVIDERS), 1)
    return f"Did you mean `{alike[0]}/{text.partition('/')[2]}`? " if alike else ""
