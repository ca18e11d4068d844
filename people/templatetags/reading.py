"""Filters: numbers and times as the reader's language writes them, and links to the chain."""

from django import template

from people import explorer, locales

register = template.Library()
register.filter("number", locales.number)
register.filter("day", locales.day)
register.filter("shortday", locales.short_day)
register.filter("month", locales.month)
register.filter("moment", locales.moment)
register.filter("linked", explorer.linked)
