"""Visits of the shop's own sites, told by the browsers of those who agreed."""
