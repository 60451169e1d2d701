"""The page: its controls, in the order in which the keyboard reaches them, and which event does what."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, get_type_hints

import gradio as gr
from gradio.themes.utils.fonts import Font

from ohlora.errors import OhloraError
from ohlora.generation.seeds import MAX_SEED
from ohlora.labelling.attributes import ATTRIBUTES
from ohlora.sliders.slider import Slider
from ohlora.studio import markup
from ohlora.studio.engine import Engine
from ohlora.studio.exports import FEWEST_STEPS, MOST_STEPS
from ohlora.studio.faces import DECIMALS, HIGHEST_TRUNCATION, LOWEST_TRUNCATION, spoken
from ohlora.studio.handlers import Handlers
from ohlora.studio.session import Session

TITLE = "ohlora studio"
HERE = Path(__file__).parent

_STEP = 10**-DECIMALS
_CACHE_SECONDS = (600, 3600)  # every ten minutes, files that are older than an hour are removed
_FRAME = "<figure class='studio-picture'><img alt='' decoding='sync'><figcaption></figcaption></figure>"
_SHOW = "const show = () => studio.show(element, props.value); show(); watch('value', show);"
_SHOW_LIVE = (
    "const show = () => studio.showLive(element, props.value, trigger, 'rested'); show(); watch('value', show);"
)
_GALLERY = "studio.listen(element, trigger, 'tick', 'again');"  # events get their names from being quoted here
_STATUS = "studio.announce(element);"


class Page:
    """The page's controls and their events.

    Args:
        engine: Draws and measures.
        folder: Where exports are written.
    """

    def __init__(self, engine: Engine, folder: Path) -> None:
        self._sliders = engine.sliders
        self._handlers = Handlers(engine, folder)
        self._readouts: list[gr.HTML] = []
        self._resets: dict[str, gr.Button] = {}
        self._controls: dict[str, gr.Slider] = {}
        with gr.Blocks(
            title=TITLE, delete_cache=_CACHE_SECONDS, analytics_enabled=False, fill_width=True
        ) as self.blocks:
            self._session = gr.State(engine.session())
            self._revision = gr.Number(0, visible="hidden", precision=0)
            gr.HTML(f"<h1>{TITLE}</h1>", elem_classes="studio-title")
            self._status = gr.HTML("", elem_id="studio-status", js_on_load=_STATUS)
            with gr.Row(elem_id="studio-work"):
                with gr.Column(elem_id="studio-left", min_width=280):
                    self._lay_out_pictures()
                    self._lay_out_person()
                with gr.Column(elem_id="studio-right", min_width=300):
                    self._lay_out_sliders()
            self._lay_out_gallery()
            with gr.Row():
                with gr.Column(min_width=280):
                    self._lay_out_sweep()
                with gr.Column(min_width=280):
                    self._lay_out_restore()
            self._connect()

    def _lay_out_pictures(self) -> None:
        with gr.Row(elem_id="studio-pictures"):
            self._picture = _frame("studio-live", _SHOW_LIVE)
            self._unmoved = _frame("studio-unmoved", _SHOW)
        self._compare = gr.Checkbox(
            True, label="Compare with the unmoved face", elem_id="studio-compare", container=False
        )
        self._keep = gr.Button("Keep this face", variant="primary", elem_id="studio-keep")

    def _lay_out_person(self) -> None:
        gr.HTML("<h2>Person</h2>")
        with gr.Row(elem_id="studio-person"):
            self._seed = gr.Number(
                0, label="Seed", precision=0, minimum=0, maximum=MAX_SEED,
                elem_id="studio-seed", min_width=120,
            )  # fmt: skip
            self._previous = gr.Button("Previous", elem_id="studio-previous", min_width=60)
            self._next = gr.Button("Next", elem_id="studio-next", min_width=60)
            self._dice = gr.Button("Dice", elem_id="studio-dice", min_width=60)
        self._truncation = gr.Slider(
            LOWEST_TRUNCATION, HIGHEST_TRUNCATION, 0.7, step=_STEP, label="Truncation",
            info="0 = the average face, 1 = full variety", elem_id="studio-truncation", buttons=[],
        )  # fmt: skip

    def _lay_out_sliders(self) -> None:
        gr.HTML("<h2>Sliders</h2>")
        with gr.Column(elem_id="studio-sliders"):
            for name, slider in self._sliders.items():
                with gr.Column(elem_classes="studio-slider", min_width=200):
                    self._controls[name] = gr.Slider(
                        slider.low, slider.high, slider.middle, step=_STEP, label=spoken(name).capitalize(),
                        info=_meaning(slider), elem_id=f"studio-slider-{name}", buttons=[],
                    )  # fmt: skip
                    with gr.Row(elem_classes="studio-slider-foot"):
                        self._readouts.append(
                            gr.HTML("<p class='studio-readout'>…</p>", elem_id=f"studio-readout-{name}")
                        )
                        self._resets[name] = gr.Button(
                            f"Reset {spoken(name)}", size="sm", min_width=100, elem_id=f"studio-reset-{name}"
                        )
        self._reset_all = gr.Button("Reset all sliders", elem_id="studio-reset-all")

    def _lay_out_gallery(self) -> None:
        gr.HTML("<h2>Kept faces</h2>")
        self._gallery = gr.HTML(markup.EMPTY_GALLERY, elem_id="studio-gallery", js_on_load=_GALLERY)
        gr.HTML("<p class='studio-hint'>Export takes the ticked faces, or all when none is ticked.</p>")
        with gr.Row():
            self._export = gr.Button("Export PNGs and a zip", elem_id="studio-export", min_width=140)
            self._remove = gr.Button("Remove ticked faces", elem_id="studio-remove", min_width=140)
        self._files = gr.File(
            label="Exported files", file_count="multiple", interactive=False, elem_id="studio-files", visible=False
        )

    def _lay_out_sweep(self) -> None:
        gr.HTML("<h2>Sweep of a slider</h2>")
        names = [(spoken(name).capitalize(), name) for name in self._sliders]
        self._sweep_name = gr.Dropdown(
            names, value=names[0][1], label="Slider", elem_id="studio-sweep-name", filterable=False
        )
        self._steps = gr.Slider(
            FEWEST_STEPS, MOST_STEPS, 15, step=1, label="Pictures", elem_id="studio-sweep-steps", buttons=[]
        )
        self._sweep = gr.Button("Make a GIF", elem_id="studio-sweep")
        self._film = gr.HTML("", elem_id="studio-film")
        self._gif = gr.File(label="GIF", interactive=False, elem_id="studio-gif", visible=False)

    def _lay_out_restore(self) -> None:
        gr.HTML(
            "<h2>Restore a face</h2><p class='studio-hint'>Drop a PNG that ohlora made anywhere on this page, or choose one "
            "here: it carries its seed, its sliders and its truncation.</p>"
        )
        self._drop = gr.File(
            label="PNG made by ohlora", file_types=[".png"], elem_id="studio-drop", type="filepath", height=140
        )

    def _connect(self) -> None:
        does, session, compare = self._handlers, self._session, self._compare
        face = [self._revision, self._seed, self._truncation, *self._controls.values(), self._picture, self._unmoved]
        face = [*face, self._status]
        self.blocks.load(does.open, [session, compare], [session, *face], **_LIVE)
        gr.on(
            [control.input for control in self._controls.values()], does.drag,
            [session, self._revision, *self._controls.values()], [self._picture], trigger_mode="always_last", **_LIVE,
        )  # fmt: skip
        self._picture.rested(
            does.measure, [session], [*self._readouts, self._status], trigger_mode="always_last", **_LIVE
        )
        self._shows(self._seed.input, does.seed, [session, self._seed, compare], face)
        self._shows(self._truncation.input, does.truncate, [session, self._truncation, compare], face)
        self._shows(self._previous.click, functools.partial(does.step, by=-1), [session, compare], face)
        self._shows(self._next.click, functools.partial(does.step, by=1), [session, compare], face)
        self._shows(self._dice.click, does.dice, [session, compare], face)
        for name, button in self._resets.items():
            self._shows(button.click, functools.partial(does.reset, name=name), [session, compare], face)
        self._shows(self._reset_all.click, does.reset_all, [session, compare], face)
        self._shows(self._drop.upload, does.restore, [session, self._drop, compare], [self._drop, *face])
        self._shows(self._gallery.again, does.show_kept, [session, compare], face)
        compare.change(does.compare, [session, compare], [self._unmoved], **_LIVE)
        self._gallery.tick(does.choose, [session], [self._status], **_LIVE)
        gallery = [self._gallery, self._status]
        self._keep.click(_telling(does.keep, 2), [session], gallery, **_LIVE)
        self._remove.click(_telling(does.remove, 2), [session], gallery, **_LIVE)
        self._export.click(_telling(does.export, 2), [session], [self._files, self._status], **_SLOW)
        film = [self._film, self._gif, self._status]
        self._sweep.click(_telling(does.sweep, 3), [session, self._sweep_name, self._steps], film, **_SLOW)

    def _shows(self, event: Any, action: Callable[..., Any], inputs: Sequence[Any], outputs: Sequence[Any]) -> None:
        """Connect an event that puts another face on the page."""
        event(_telling(action, len(outputs)), inputs, outputs, trigger_mode="always_last", **_LIVE)


_LIVE: dict[str, Any] = {"queue": False, "show_progress": "hidden", "api_visibility": "private"}
"""Events that are answered at once: the queue's own way to the page and back takes longer than many a picture."""

_SLOW: dict[str, Any] = {
    "show_progress": "minimal",
    "api_visibility": "private",
    "concurrency_limit": 1,
    "concurrency_id": "slow",
}
"""Events that draw many pictures: one visitor's after the other's."""


def style() -> str:
    """The page's style sheet."""
    return (HERE / "style.css").read_text(encoding="utf-8")


def head() -> str:
    """The page's script, for the head of the document."""
    return f"<script>{(HERE / 'page.js').read_text(encoding='utf-8')}</script>"


def theme() -> gr.themes.Base:
    """Gradio's look with the fonts of the visitor's own system, and with greys that everybody can read."""
    fonts = [Font(name) for name in ("system-ui", "sans-serif")]
    return gr.themes.Default(primary_hue="blue", font=fonts, font_mono=[Font("ui-monospace"), Font("monospace")]).set(
        block_info_text_color="*neutral_600",
        block_info_text_color_dark="*neutral_300",
        body_text_color_subdued="*neutral_600",
        body_text_color_subdued_dark="*neutral_300",
        button_primary_background_fill="*primary_700",
        button_primary_background_fill_hover="*primary_800",
        button_primary_background_fill_dark="*primary_700",
        button_primary_text_color="white",
    )


def _frame(name: str, script: str) -> gr.HTML:
    return gr.HTML("", html_template=_FRAME, js_on_load=script, elem_id=name, min_width=140, apply_default_css=False)


def _meaning(slider: Slider) -> str:
    """What the ends of a slider mean; its own words, else those of the declared attribute."""
    spec = ATTRIBUTES.get(slider.name)
    return slider.direction or (spec.direction if spec else "")


def _telling(action: Callable[..., Any], outputs: int) -> Callable[..., Any]:
    """An event whose errors, as far as a visitor can act on them, become the status; that is the last of the outputs.

    The visitor's session is the first of its inputs; such events of one visitor happen one after the other.
    """

    def run(session: Session, *inputs: Any) -> Any:
        try:
            with session.turn:
                return action(session, *inputs)
        except OhloraError as error:
            return [*[gr.skip()] * (outputs - 1), markup.problem(error)]

    # Gradio looks at the parameters to see whether an action wants the event, and counts them; what is set already is none.
    signature = inspect.signature(action)
    open_ones = [p for p in signature.parameters.values() if p.kind is not inspect.Parameter.KEYWORD_ONLY]
    run.__signature__ = signature.replace(parameters=open_ones)  # type: ignore[attr-defined]
    function = action.func if isinstance(action, functools.partial) else action
    run.__annotations__, run.__name__ = get_type_hints(function), function.__name__
    return run
