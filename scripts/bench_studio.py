"""How live the studio's sliders are: from a slider's event to the new picture, in the browser.

    python -m scripts.bench_studio --model portraits

Drives headless Chromium on this machine, so that browser and server share its cores as they do for a user. Two figures:

- *single*: one event at a time, from the event to the decoded picture.
- *drag*: an event every 16 ms, as a mouse makes them. Events that a later one overtook show no picture; each picture's time
  counts from the event whose value it shows.

The time of the generator alone, measured in the same minute, tells how much of it is the way through browser and server.
Timings mean something on an idle machine only; the load is printed beside them.
"""

from __future__ import annotations

import os
import time
from statistics import median

import click
import numpy as np
import torch

from ohlora.studio.engine import Engine
from ohlora.studio.faces import Face
from ohlora.studio.serve import ServeSettings, serving_engine
from scripts.browser import open_studio, running_browser

# The picture's element says which slider values it was drawn with.
MEASURE = """async ([name, count, pause]) => {
    const input = document.querySelector(`#studio-slider-${name} input[type=range]`);
    const image = document.querySelector('#studio-live img');
    const low = Number(input.min), high = Number(input.max);
    const sent = new Map(), times = [];
    let arrived = () => {};
    new MutationObserver(async () => {
        const value = JSON.parse(image.dataset.moved)[name]?.toFixed(2);
        await image.decode().catch(() => {});
        const now = performance.now();
        if (sent.has(value)) {
            times.push(now - sent.get(value));
            sent.delete(value);
            arrived();
        }
    }).observe(image, { attributes: true, attributeFilter: ['src'] });
    const wait = (time) => new Promise((done) => setTimeout(done, time));
    for (let k = 0; k < count; k++) {
        // Values that do not come again for 100 events, going up and down as a hand does.
        const value = (low + (high - low) * (k % 2 ? 0.99 - (k % 100) / 200 : 0.01 + (k % 100) / 200)).toFixed(2);
        const next = new Promise((done) => { arrived = done; });
        sent.set(value, performance.now());
        input.value = value;
        input.dispatchEvent(new Event('input', { bubbles: true }));
        if (pause === null) { await Promise.race([next, wait(3000)]); await wait(30); } else await wait(pause);
    }
    await wait(1500);
    return times;
}"""


@click.command()
@click.option("--model", default="portraits", show_default=True, help="As for ohlora serve.")
@click.option("--slider", default="mouth", show_default=True, help="Which one is moved.")
@click.option("--events", default=100, show_default=True, help="How many single ones; six times as many dragged ones.")
@click.option("--threads", type=click.IntRange(min=1), help="For the networks.  [default: as ohlora serve has it]")
@click.option(
    "--limit", is_flag=True, help="Fail where the median is above 120 ms or the 95th percentile above 250 ms."
)
def main(model: str, slider: str, events: int, threads: int | None, limit: bool) -> None:
    """Measure how long a dragged slider takes to show."""
    with Engine.opened(model, "portraits", "cpu") as engine:
        torch.set_num_threads(threads or torch.get_num_threads())
        load = f"load {os.getloadavg()[0]:.1f} before the start"
        click.echo(f"{torch.get_num_threads()} threads, {os.cpu_count()} cores, {load}")
        times = measured(engine, slider, events)
    for name, found in times.items():
        click.echo(described(name, found))
    worst = max(median(times["single"]), median(times["drag"]))
    late = max(float(np.percentile(found, 95)) for found in times.values())
    if limit and (worst > 120 or late > 250):
        raise click.ClickException(
            f"expected a median of 120 ms and 250 ms for 95 %, got {worst:.0f} and {late:.0f} ms"
        )


def measured(engine: Engine, slider: str, events: int) -> dict[str, list[float]]:
    """Milliseconds from event to picture, by kind of event; prints the generator's own."""
    with serving_engine(engine, ServeSettings(device="cpu")) as server, running_browser() as browser:
        page = browser.new_page(viewport={"width": 1200, "height": 900})
        open_studio(page, server.url)
        page.evaluate(MEASURE, [slider, 10, None])  # the first pictures set things up
        click.echo(described("generator alone", draw_times(engine, slider, events)))
        kinds = {"single": (events, None), "drag": (6 * events, 16)}
        return {name: page.evaluate(MEASURE, [slider, *kind]) for name, kind in kinds.items()}


def draw_times(engine: Engine, slider: str, count: int) -> list[float]:
    """Milliseconds of drawing without a browser."""
    times = []
    low, high = engine.generator.ramp_values(slider, 2)
    for share in np.linspace(0, 1, count):
        start = time.perf_counter()
        engine.draw(Face(moved={slider: float(low + share * (high - low))}))
        times.append(1000 * (time.perf_counter() - start))
    return times


def described(name: str, times: list[float]) -> str:
    """A line of the result."""
    if not times:
        return f"{name:<16} no picture came"
    late = np.percentile(times, 95)
    return f"{name:<16} median {median(times):6.0f} ms   95 % within {late:6.0f} ms   ({len(times)} pictures)"


if __name__ == "__main__":
    main()
