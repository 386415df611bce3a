"""What is connected to what: events → reactions, jobs → handlers, attributes, ports. The only list of its kind."""


def connect() -> None:
    """Called once, when the programme starts."""
