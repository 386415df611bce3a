from django.apps import AppConfig


class AudienceConfig(AppConfig):
    name = "regulars.audience"
    label = "audience"
