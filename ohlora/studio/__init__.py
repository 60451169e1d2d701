"""The studio: a page where a person shapes faces with sliders.

    faces.py     a face as a few numbers, and as the recipe inside a picture
    session.py   what one visitor has on the page and has kept
    engine.py    draws, reads and measures for all visitors, one after the other
    uploads.py   pictures that come from outside
    exports.py   PNGs, archives and GIFs that go out
    markup.py    the HTML of what Gradio has no component for
    handlers.py  what the page's events do
    page.py      the page itself
    gate.py      what the server answers at all
    serve.py     starts it

Everything above `handlers.py` knows nothing of Gradio, which is imported by `handlers.py`, `page.py` and `serve.py` alone.
"""
