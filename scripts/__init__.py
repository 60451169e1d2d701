"""The runs behind the shipped models and the project's measurements; each is a command that anyone can run again."""
