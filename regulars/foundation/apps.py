from django.apps import AppConfig


class FoundationConfig(AppConfig):
    name = "regulars.foundation"
    label = "foundation"
