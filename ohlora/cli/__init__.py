"""The commands. Each module parses one command's options and delegates; `main` joins them."""
