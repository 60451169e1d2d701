"""`ohlora serve`: the studio, a page with sliders."""

import click

from ohlora.cli.options import device_option, model_option, parser_option, visitor_options


@click.command("serve")
@model_option("What draws")
@parser_option("What measures the shown faces")
@click.option("--port", type=click.IntRange(1, 65535), help="Which port.  [default: the first free one from 7860 on]")
@visitor_options
@device_option
def command(
    model: str, parser_name: str, host: str, port: int | None, auth: str | None, no_auth: bool, device: str
) -> None:
    """Shape faces with sliders in the browser.

    Serves a page at this machine's own address until Ctrl-C. Nothing is sent elsewhere, and nothing is kept when it ends.

    \b
    Examples:
      ohlora serve
      ohlora serve --model runs/mine --port 8000
      OHLORA_AUTH=me:secret ohlora serve --host 0.0.0.0
    """  # noqa: D301 - click reads the escape itself
    import signal
    import threading
    import warnings

    from ohlora.studio.serve import ServeSettings, require_gradio, serving

    settings = ServeSettings(model, parser_name, device, host, port or 0, auth, no_auth)
    # What a visitor did wrong stands on the page; Gradio would tell it here too, as warnings of its own code.
    warnings.filterwarnings("ignore", module=r"gradio\b")
    require_gradio()  # a missing library is told before the models are loaded
    stop = threading.Event()
    with serving(settings) as server:
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, lambda *_: stop.set())
        click.echo(f"studio at {server.url} (Ctrl-C ends it)")
        stop.wait()
    click.echo("the studio is closed")
