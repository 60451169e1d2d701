"""StyleGAN (Karras, Laine and Aila 2019) in the layout of GenForce's published weights.

`generator` joins `mapping`, `truncation` and `synthesis` (made of `styled_layers`), and holds `stylegan.generator`'s contract;
`discriminator` judges images while a generator is trained; `appended` is the mapping network that fine-tuning trains. Both
networks are set up by `config` and built by `builders`.
"""
