from django.apps import AppConfig


class ProjectConfig(AppConfig):
    name = "regulars.project"
    label = "project"

    def ready(self) -> None:
        from regulars.project import wiring

        wiring.connect()
