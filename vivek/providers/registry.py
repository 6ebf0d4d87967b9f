"""From a name to a provider. An adapter is imported when it is asked for, by a statement that tools can follow."""

from dataclasses import replace
from pathlib import Path

from vivek.errors import ConfigError, ModelNotFoundError
from vivek.providers.base import Provider
from vivek.providers.catalog import did_you_mean, nearest
from vivek.providers.resilience import PatientProvider
from vivek.providers.spec import Folders, ModelSpec, PatienceSpec
from vivek.providers.validation import check_request
from vivek.schema.process import Launcher

EXAMPLES = {
    "ollama": "ollama/qwen2.5-coder:7b",
    "llamacpp": "llamacpp/default",
    "local": "local/PATH.gguf",
    "openai_compat": "openai_compat/NAME",
    "scripted": "scripted/FILE.jsonl",
}
"""Every provider, with how a model of it is written."""

RESIZABLE = frozenset({"ollama", "local"})
"""Providers whose window is asked for, with the request or at the start; elsewhere it is what the server loaded."""

_DEFAULT = frozenset({"llamacpp", "openai_compat"})  # servers that know which model is meant


def parse_model(text: str) -> ModelSpec:
    """Return the provider and the model that `text` names.

    Raises:
        ConfigError: If it names no known provider, or no model.
    """
    provider, slash, model = text.strip().partition("/")
    if provider in EXAMPLES and (model or provider in _DEFAULT):
        return ModelSpec(provider, model or "default")
    if provider in EXAMPLES:
        raise ConfigError(f"`{text}` names no model.", hint=f"Write it like `{EXAMPLES[provider]}`.")
    written = ", ".join(f"`{example}`" for example in EXAMPLES.values())
    raise ConfigError(
        f"`{text}` names no provider.", hint=f"{_guess(text, provider, slash)}Models are written {written}."
    )


def open_provider(
    spec: ModelSpec,
    *,
    base_url: str | None = None,
    key: str | None = None,
    launcher: Launcher | None = None,
    folders: Folders | None = None,
    window: int | None = None,
    threads: int | None = None,
    patience: PatienceSpec | None = None,
) -> Provider:
    """Return the provider for `spec`, patient with its server; nothing is sent or started yet.

    Args:
        spec: Which one.
        base_url: Where its server answers; None for the usual address on this machine.
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
    if spec.provider == "local":
        inner = _open_local(spec.model, launcher, folders, window, threads)
        # It restarts its own engine; one that cannot start or runs out of memory would only do so again.
        patience = replace(patience or PatienceSpec(), tries=1)
    else:
        inner = open_adapter(spec, base_url=base_url, key=key, folders=folders)
    return PatientProvider(inner, check=check_request, spec=patience)


def open_adapter(
    spec: ModelSpec, *, base_url: str | None = None, key: str | None = None, folders: Folders | None = None
) -> Provider:
    """Return the bare adapter of a server or a script, without patience.

    Raises:
        ConfigError: If the address, the key or the script cannot be used, or the provider is not known.
    """
    match spec.provider:
        case "ollama":
            from vivek.providers.adapters.ollama import OllamaProvider

            return OllamaProvider(base_url, key)
        case "llamacpp":
            from vivek.providers.adapters.llamacpp import DEFAULT_URL, LlamaCppProvider

            return LlamaCppProvider(base_url or DEFAULT_URL, key)
        case "openai_compat":
            from vivek.providers.adapters.openai_compat import OpenAICompatProvider

            if not base_url:
                raise ConfigError(f"`{spec}` needs an address.", hint="Give it with `--base-url http://HOST:PORT/v1`.")
            return OpenAICompatProvider(base_url, key)
        case "scripted":
            from vivek.providers.adapters.scripted import ScriptedProvider, load_replies

            return ScriptedProvider(load_replies(_absolute(spec.model, folders)))
        case _:
            raise ConfigError(f"There is no provider `{spec.provider}`.", hint=f"There are {', '.join(EXAMPLES)}.")


def find_model_file(name: str, folders: Folders) -> Path:
    """Return the model file that `name` means: a path, or the name of a file in one of the model folders.

    Raises:
        ModelNotFoundError: If there is none; the hint offers the nearest names.
    """
    path = _absolute(name, folders)
    if path.is_file():
        return path
    from vivek.providers.engine.gguf import find_models

    files = find_models(folders.models)
    for file in files:
        if name in {file.name, file.path.name}:
            return file.path
    hint = did_you_mean(name, [file.name for file in files], "local/")
    raise ModelNotFoundError(f"There is no model file `{name}`.", hint=hint or "Give the path of a GGUF file.")


def _open_local(
    model: str, launcher: Launcher | None, folders: Folders | None, window: int | None, threads: int | None
) -> Provider:
    if launcher is None or folders is None:
        raise ConfigError("The embedded engine cannot be started from here.", hint="Choose a model of a server.")
    from vivek.providers.adapters.embedded import EmbeddedProvider

    path = find_model_file(model, folders)
    return EmbeddedProvider(path, launcher=launcher, state=folders.state, window=window, threads=threads)


def _absolute(name: str, folders: Folders | None) -> Path:
    path = Path(name).expanduser()
    return path if folders is None else folders.here / path


def _guess(text: str, provider: str, slash: str) -> str:
    if text.endswith(".gguf"):
        return f"For a model file write `local/{text}`. "
    if not slash:
        return f"For a model of Ollama write `ollama/{text}`. "
    alike = nearest(provider, list(EXAMPLES), 1)
    return f"Did you mean `{alike[0]}/{text.partition('/')[2]}`? " if alike else ""
