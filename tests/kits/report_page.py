"""A report read without a browser: its elements, its data, its arrays and sounds."""

from __future__ import annotations

import base64
import io
import json
import zlib
from dataclasses import dataclass, field
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import numpy as np
import soundfile


@dataclass
class _Element:
    tag: str
    attributes: dict[str, str | None]
    text: str = ""


@dataclass
class _Reader(HTMLParser):
    elements: list[_Element] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__init__()
        self._reading = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append(_Element(tag, dict(attrs)))
        self._reading = True

    def handle_endtag(self, tag: str) -> None:
        self._reading = False

    def handle_data(self, data: str) -> None:
        if self._reading:
            self.elements[-1].text += data


class ReportPage:
    """One page. `data` : the JSON in it."""

    def __init__(self, path: str | Path) -> None:
        self.text = Path(path).read_text(encoding="utf-8")
        reader = _Reader()
        reader.feed(self.text)
        self.elements = reader.elements
        self._by_id = {element.attributes.get("id"): element for element in self.elements}
        self.data: dict[str, Any] = json.loads(self._by_id["data"].text)

    def all(self, tag: str) -> list[_Element]:
        """Every element with a tag."""
        return [element for element in self.elements if element.tag == tag]

    def meta(self, name: str) -> str:
        """The content of a meta element by its http-equiv."""
        (found,) = [e.attributes["content"] for e in self.all("meta") if e.attributes.get("http-equiv") == name]
        assert found is not None
        return found

    def array(self, name: str, kind: str) -> np.ndarray:
        """An array by the id of its element."""
        return np.frombuffer(zlib.decompress(base64.b64decode(self._by_id[name].text)), kind)

    def sound(self, name: str) -> tuple[np.ndarray, int]:
        """Samples and rate of a sound by the id of its element."""
        samples, rate = soundfile.read(io.BytesIO(base64.b64decode(self._by_id[name].text)))
        return samples, rate

    def mc_mse(self, sums: dict[str, Any], alpha: float) -> float:
        """MC-MSE of a file at any alpha, as the page finds it: Lagrange's polynomial in log(alpha + 0.3)."""
        places = np.log(np.array(self.data["alpha_nodes"]) + 0.3)
        at = np.log(alpha + 0.3)
        ratios = (at - places) / (places[:, None] - places + np.eye(len(places)))
        np.fill_diagonal(ratios, 1.0)
        table = self.array(sums["sums"], "<f8").reshape(len(places), -1)
        scales = 4.0 ** (alpha * np.array(sums["exponents"]))
        return float(np.sum((ratios.prod(axis=1) @ table) * scales) / sums["n_frames"])
