"""Template tags for how things look: icons, money, dates, badges."""

from django import template

register = template.Library()
