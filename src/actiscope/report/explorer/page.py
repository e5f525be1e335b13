"""The page of the explorer: live, or with everything in it."""

import base64
import json
import re
from collections.abc import Iterable, Mapping
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Any

_PREFIX = "actiscope/"
_SCRIPT = re.compile(r"<script(?P<attributes>[^>]*)>(?P<text>.*?)</script>", re.DOTALL)


def static_files() -> dict[str, Traversable]:
    """Return the files that the page is made of, by name: modules, styles and the template."""
    folder = files("actiscope") / "web" / "static"
    return {file.name: file for file in folder.iterdir() if file.is_file()}


def render_page(data: Mapping[str, Any] | None = None) -> str:
    """Fill the holes of the template: ``{{ importmap }}``, ``{{ styles }}`` and ``{{ data }}``.

    Parameters
    ----------
    data : mapping, optional
        What the page shows. With it the page needs nothing else: modules, styles and data are in
        it. Without it the page is live, and asks its server for all of them.

    Returns
    -------
    str
        HTML. Modules are imported as ``actiscope/NAME.js``.
    """
    found = static_files()
    modules = sorted(name for name in found if name.endswith(".js"))
    sheets = sorted(name for name in found if name.endswith(".css"))
    if data is None:
        addresses = {name: f"/static/{name}" for name in modules}
        styles = "\n".join(f'<link rel="stylesheet" href="/static/{name}">' for name in sheets)
        inlined = ""
    else:
        addresses = _inlined(modules)
        styles = "\n".join(f"<style>\n{_read(found[name])}</style>" for name in sheets)
        text = json.dumps(data, allow_nan=False, separators=(",", ":"))
        inlined = f'<script type="application/json" id="data">{for_script(text)}</script>'
    page = _read(found["index.html"])
    for hole, filling in (
        ("importmap", _import_map(addresses)),
        ("styles", styles),
        ("data", inlined),
    ):
        page = page.replace("{{ " + hole + " }}", filling)
    return page


def import_map(modules: Iterable[str]) -> str:
    """Return the element that holds some modules, for a page that needs nothing else.

    Parameters
    ----------
    modules : iterable of str
        Names of files of the explorer, with all that they import.

    Returns
    -------
    str
        HTML. They are imported as ``actiscope/NAME.js``.
    """
    return _import_map(_inlined(modules))


def for_script(text: str) -> str:
    """Keep JSON from ending the script that it stands in."""
    return text.replace("<", "\\u003c")


def inline_scripts(page: str) -> list[str]:
    """Return the texts of the scripts in a page that a browser would run or read as a map.

    Parameters
    ----------
    page : str
        HTML.

    Returns
    -------
    list of str
        The texts, which a Content-Security-Policy has to allow by their hashes.
    """
    return [
        script["text"]
        for script in _SCRIPT.finditer(page)
        if " src=" not in script["attributes"] and "application/json" not in script["attributes"]
    ]


def _import_map(addresses: Mapping[str, str]) -> str:
    imports = {f"{_PREFIX}{name}": address for name, address in addresses.items()}
    text = for_script(json.dumps({"imports": imports}, indent=1))
    return f'<script type="importmap">{text}</script>'


def _inlined(modules: Iterable[str]) -> dict[str, str]:
    found = static_files()
    return {name: _data_url(found[name].read_bytes()) for name in modules}


def _data_url(module: bytes) -> str:
    return "data:text/javascript;base64," + base64.b64encode(module).decode()


def _read(file: Traversable) -> str:
    return file.read_text(encoding="utf-8")
