"""What was measured of models, kept between runs: one small file a model, to be copied to whoever has the same one.

A file names no path, no address and no key; what it was measured on shows in its name alone, as a hash.
"""

import hashlib
import json
import re
from dataclasses import replace
from pathlib import Path

from vivek.config.folders import state_folder
from vivek.errors import ConfigError
from vivek.providers.spec import ModelSpec
from vivek.schema.known import Known
from vivek.session.logs import LOGGER
from vivek.session.models.known_text import LARGEST, dump_known, parse_known


class KnownModels:
    """The measurements of all models, in a folder.

    Args:
        folder: Where they lie; in the user's state directory when None.
    """

    def __init__(self, folder: Path | None = None) -> None:
        self._folder = folder or state_folder() / "models"

    def path(self, spec: ModelSpec, base_url: str) -> Path:
        """Return the file of one model on one server.

        Args:
            spec: The model.
            base_url: Where its server answers; without meaning for model files, which are known by their name.
        """
        local = spec.provider == "local"
        model = spec.model.replace("\\", "/").rpartition("/")[2] if local else spec.model
        named = json.dumps([spec.provider, model, "" if local else base_url.rstrip("/")])
        slug = re.sub(r"[^a-z0-9.]+", "-", f"{spec.provider}-{model}".lower())[:60].strip("-.")
        return self._folder / f"{slug}-{hashlib.sha256(named.encode()).hexdigest()[:12]}.json"

    def load(self, spec: ModelSpec, base_url: str, digest: str | None = None) -> Known:
        """Return what is known of a model; nothing when there is no file, or its weights are others.

        A file that cannot be read is set aside, which the log tells.

        Args:
            spec: The model.
            base_url: Where its server answers.
            digest: What tells its weights from others of the same name, None when the server does not say.
        """
        path = self.path(spec, base_url)
        fresh = Known(str(spec), digest=digest)
        try:
            with path.open("rb") as file:
                data = file.read(LARGEST + 1)
        except FileNotFoundError:
            return fresh
        except OSError as error:
            LOGGER.warning("%s cannot be read: %s", path, error)
            return fresh
        try:
            known = parse_known(data)
        except ConfigError as error:
            self._set_aside(path, error.message)
            return fresh
        if digest and known.digest and digest != known.digest:
            LOGGER.info("the weights of %s are not those that were measured; %s is not used", spec, path.name)
            return fresh
        return replace(known, digest=digest or known.digest)

    def save(self, spec: ModelSpec, base_url: str, known: Known) -> None:
        """Keep what is known of a model.

        Raises:
            OSError: If it cannot be written; what was known stays.
        """
        from vivek.config.writing import replace_file

        replace_file(self.path(spec, base_url), dump_known(known).encode())

    def save_learned(self, spec: ModelSpec, base_url: str, known: Known) -> None:
        """Keep how fast a model was and how its tokens are counted; what else is in its file by now stays.

        Failing is no matter, and logged.
        """
        current = self.load(spec, base_url, known.digest)
        try:
            self.save(spec, base_url, replace(current, **known.learned))  # type: ignore[arg-type]  # fields of Known
        except OSError as error:
            LOGGER.warning("what was learned of %s cannot be kept: %s", spec, error)

    def _set_aside(self, path: Path, reason: str) -> None:
        aside = path.with_suffix(".damaged")
        try:
            path.replace(aside)
        except OSError as error:
            LOGGER.warning("%s: %s; it cannot be set aside: %s", path, reason, error)
            return
        LOGGER.warning("%s: %s; it was set aside as %s", path, reason, aside.name)
