"""Requesters' images and recordings: kept by what they hold, served from our own address alone."""
